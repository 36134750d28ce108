"""How many wrong passwords are too many."""

from typing import Any

from axes.attempts import get_cool_off_threshold
from axes.helpers import get_client_username
from axes.models import AccessAttempt
from django.db.models import Q, Sum
from django.http import HttpRequest

# Within AXES_COOLOFF_TIME. Of one account from one address; of one account from all addresses, since guesses may come
# from many; and from one address for all accounts, which is more: behind it may sit a whole office.
OF_BOTH, OF_ACCOUNT, OF_ADDRESS = 5, 30, 100


def failure_limit(request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
    """That of the account from this address; 0, which is always reached, where one of the others is reached."""
    account, address = get_client_username(request, credentials), request.META.get("REMOTE_ADDR")
    of_account, of_address = Q(username=account), Q(ip_address=address)
    recent = AccessAttempt.objects.filter(of_account | of_address, attempt_time__gt=get_cool_off_threshold(request))
    sums = recent.aggregate(
        account=Sum("failures_since_start", filter=of_account, default=0),
        address=Sum("failures_since_start", filter=of_address, default=0),
    )
    return 0 if sums["account"] >= OF_ACCOUNT or sums["address"] >= OF_ADDRESS else OF_BOTH
