"""The base of operators' pages that change something: each change is a line of the audit trail."""

import json
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.text import camel_case_to_spaces

from selfservice.accounts.actors import actor_of
from selfservice.audit.services import record
from selfservice.secrets.fields import EncryptedJSONField, EncryptedTextField

if TYPE_CHECKING:
    # Generic in the stubs only.
    AnyPages = admin.ModelAdmin[Any]
else:
    AnyPages = admin.ModelAdmin

SECRET_FIELDS = frozenset({"password", "digest"})


class AuditedPages(AnyPages):
    """Subclasses that save in a way of their own override `write_row`, not `save_model`."""

    def write_row(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)

    def program_code(self, obj: Any) -> str:
        """Of the program that the row belongs to; empty for one that belongs to none."""
        return str(getattr(getattr(obj, "program", None), "code", ""))

    @transaction.atomic
    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        former = type(obj)._base_manager.select_for_update().get(pk=obj.pk) if change else None
        before = visible_values(former) if former else {}
        self.write_row(request, obj, form, change)
        after = visible_values(obj)
        changed = [name for name in after if before.get(name) != after[name] or not change]
        if changed:
            self.audit(
                request,
                obj,
                "changed" if change else "added",
                before={name: before[name] for name in changed if name in before},
                after={name: after[name] for name in changed},
            )

    @transaction.atomic
    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        before = visible_values(obj)
        # Before it is gone, and with it its number.
        self.audit(request, obj, "removed", before=before, after={})
        super().delete_model(request, obj)

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> None:
        for obj in queryset:
            self.delete_model(request, obj)

    def audit(
        self, request: HttpRequest, obj: Model, what: str, *, before: dict[str, Any], after: dict[str, Any]
    ) -> None:
        kind = camel_case_to_spaces(type(obj).__name__).replace(" ", "_")
        record(
            actor=actor_of(request),
            action=f"{kind}.{what}",
            subject=str(obj)[:200],
            program=self.program_code(obj),
            before=before,
            after=after,
        )


def visible_values(row: Model) -> dict[str, Any]:
    """The row's own fields as JSON can hold them, without any secret."""
    fields = [
        field
        for field in row._meta.concrete_fields
        if field.name not in SECRET_FIELDS and not isinstance(field, EncryptedTextField | EncryptedJSONField)
    ]
    values = {field.name: field.value_from_object(row) for field in fields}
    return dict(json.loads(json.dumps(values, cls=DjangoJSONEncoder)))
