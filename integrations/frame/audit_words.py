"""What is done about integrations, as the audit trail words it."""

from django.utils.translation import gettext_lazy as _

from selfservice.trail.words import Words

WORDS = Words(
    actions={
        "connection.saved": _("Connection saved"),
        "connection.restored": _("Connection put back to an earlier state"),
        "connection.paused": _("Sending paused"),
        "connection.resumed": _("Sending resumed"),
        "connection.test_started": _("Connection test begun"),
        "connection.tested": _("Connection tested"),
        "connection.member_asked": _("Asked for a member's profile"),
        "member.told": _("Member's attributes sent by hand"),
        "key.issued": _("Key created"),
        "key.rotated": _("Key rotated"),
        "key.overlap_changed": _("Overlap of two keys changed"),
        "key.revoked": _("Key revoked"),
        "call.revealed": _("Call looked at unmasked"),
        "calls.exported": _("Calls exported"),
        "statistics.exported": _("Statistics exported"),
        "event.sent_again": _("Event sent again"),
        "event.edited": _("Event edited and sent again"),
        "replay.begun": _("Replay begun"),
        "replay.running": _("Replay resumed"),
        "replay.done": _("Replay done"),
        "replay.paused": _("Replay paused"),
        "replay.cancelled": _("Replay cancelled"),
        "replay.exported": _("Result of a replay exported"),
        "resync.begun": _("Resync begun"),
        "resync.cancelled": _("Resync cancelled"),
        "resync.paused": _("Resync paused"),
        "profile_erasure.done": _("Erased member's profile deleted"),
        "profile_erasure.failed": _("Erased member's profile could not be deleted"),
        "profile_erasure.repeated": _("Deletion of an erased member's profile tried again"),
    },
    fields={
        "endpoint": _("endpoint"),
        "at": _("time"),
        "account_id": _("member"),
        "scopes": _("scopes"),
        "system": _("system"),
        "allowed_networks": _("allowed addresses"),
    },
)
