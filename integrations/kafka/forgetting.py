"""Takes out of what was set aside what speaks of a member who is erased. Where each message was stays known."""

import json
from collections.abc import Collection
from functools import reduce
from operator import or_

from django.db.models import Q

from integrations.calls.forgetting import REMOVED
from integrations.kafka.models import ParkedMessage


def forget_parked(*, names: Collection[str]) -> None:
    """In the caller's transaction. A message that was set aside may be of no program, so all of them are searched for
    one of `names`, as a key or as a text in the value: there are few, and they have no index. Kafka's own copy is not
    ours."""
    if names:
        told = (Q(key=name) | Q(value__contains=json.dumps(name, ensure_ascii=False)) for name in names)
        ParkedMessage.objects.filter(reduce(or_, told)).update(key="", value=REMOVED)
