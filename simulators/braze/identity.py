"""The endpoints that say who is who: aliases, identifying, merging, deleting. All accept first and skip in silence what
does not fit, as Braze does.

https://www.braze.com/docs/api/endpoints/user_data/
"""

from simulators.braze.calls import Call, Outcome, as_list, wrong
from simulators.braze.items import check_external_id, is_alias
from simulators.braze.profile import Profile
from simulators.braze.profiles import CONTACTS, Workspace
from simulators.json_values import Json, JsonObject

MOST_USERS = 50
TO_IDENTIFY = {"aliases": "aliases_to_identify", "emails": "emails_to_identify", "phones": "phone_numbers_to_identify"}
COUNTED_AS = {"aliases": "aliases_processed", "emails": "emails_processed", "phones": "phone_numbers_processed"}
MERGE_BEHAVIORS = (None, "merge", "none")


def identify(call: Call) -> Outcome:
    behavior = call.body.get("merge_behavior")
    if behavior not in MERGE_BEHAVIORS:
        return wrong("'merge_behavior' must be 'merge' or 'none'")
    sent = {kind: _entries(call.body.get(field)) for kind, field in TO_IDENTIFY.items()}
    if not any(sent.values()) or any(len(entries) > MOST_USERS for entries in sent.values()):
        return wrong(f"1 to {MOST_USERS} users must be provided in one of {', '.join(TO_IDENTIFY.values())}")
    if any(check_external_id(entry.get("external_id"), call.rules) for each in sent.values() for entry in each):
        return wrong("each entry must have a valid 'external_id'")
    for kind, entries in sent.items():
        for entry in entries:
            _identify(call.workspace, _unidentified(call.workspace, kind, entry), entry, behavior != "none")
    counts: JsonObject = {COUNTED_AS[kind]: len(entries) for kind, entries in sent.items() if entries}
    return Outcome(201, counts | {"message": "success"})


def new_alias(call: Call) -> Outcome:
    entries = _entries(call.body.get("user_aliases"))
    if not entries or len(entries) > MOST_USERS:
        return wrong(f"1 to {MOST_USERS} objects must be provided in 'user_aliases'")
    if not all(map(is_alias, entries)):
        return wrong("each of 'user_aliases' must have an 'alias_name' and an 'alias_label'")
    for entry in entries:
        _give_alias(call.workspace, entry)
    return Outcome(201, {"aliases_processed": len(entries), "message": "success"})


def merge(call: Call) -> Outcome:
    updates = _entries(call.body.get("merge_updates"))
    if not updates or len(updates) > MOST_USERS:
        return wrong(f"1 to {MOST_USERS} objects must be provided in 'merge_updates'")
    pairs = [(update.get("identifier_to_merge"), update.get("identifier_to_keep")) for update in updates]
    for gone, kept in pairs:
        if not isinstance(gone, dict) or not isinstance(kept, dict):
            return wrong("each of 'merge_updates' must have an 'identifier_to_merge' and an 'identifier_to_keep'")
        loser, winner = call.workspace.look_up(gone), call.workspace.look_up(kept)
        if loser and winner and loser is not winner:
            _merge(call.workspace, loser, winner)
    return Outcome(202, {"message": "success"})


def delete(call: Call) -> Outcome:
    wanted: list[JsonObject] = [{"external_id": each} for each in as_list(call.body.get("external_ids"))]
    wanted += [{"user_alias": each} for each in as_list(call.body.get("user_aliases"))]
    wanted += [{"braze_id": each} for each in as_list(call.body.get("braze_ids"))]
    wanted += [{"email": each} for each in as_list(call.body.get("email_addresses"))]
    if not wanted or len(wanted) > MOST_USERS:
        return wrong(f"1 to {MOST_USERS} users must be provided")
    found = dict.fromkeys(filter(None, map(call.workspace.look_up, wanted)))
    for profile in found:
        call.workspace.remove(profile)
    return Outcome(201, {"deleted": len(found), "message": "success"})


def _entries(value: Json) -> list[JsonObject]:
    return [entry for entry in as_list(value) if isinstance(entry, dict)]


def _unidentified(workspace: Workspace, kind: str, entry: JsonObject) -> Profile | None:
    if kind == "aliases":
        found = workspace.look_up({"user_alias": entry.get("user_alias")})
        return found if found and not found.external_id else None
    contact = "email" if kind == "emails" else "phone"
    sharing = workspace.sharing(contact, str(entry.get(contact)))
    unknown = [profile for profile in sharing if not profile.external_id]
    return max(unknown, key=lambda profile: profile.touched, default=None)


def _identify(workspace: Workspace, profile: Profile | None, entry: JsonObject, with_data: bool) -> None:
    if profile is None:
        return
    owner = workspace.look_up({"external_id": entry["external_id"]})
    if owner is None:
        workspace.identify(profile, str(entry["external_id"]))
    elif with_data:
        _merge(workspace, profile, owner)
    else:
        _move_aliases(workspace, profile, owner)


def _give_alias(workspace: Workspace, entry: JsonObject) -> None:
    name, label = str(entry["alias_name"]), str(entry["alias_label"])
    if workspace.look_up({"user_alias": entry}):
        return
    if not entry.get("external_id"):
        profile = Profile()
        workspace.name(profile, name, label)
        workspace.add(profile)
        return
    owner = workspace.look_up({"external_id": entry["external_id"]})
    if owner and not owner.has_label(label):
        workspace.name(owner, name, label)


def _merge(workspace: Workspace, loser: Profile, winner: Profile) -> None:
    """What the winner has stays; the rest comes from the loser, who is gone then."""
    _move_aliases(workspace, loser, winner)
    workspace.remove(loser)
    missing = {name: value for name, value in loser.attributes.items() if name not in winner.attributes}
    before = {contact: winner.contact(contact) for contact in CONTACTS}
    winner.attributes.update(missing)
    workspace.reindex(winner, before)
    winner.custom_events.extend(loser.custom_events)
    winner.purchases.extend(loser.purchases)
    workspace.touch(winner)


def _move_aliases(workspace: Workspace, giver: Profile, taker: Profile) -> None:
    """One alias a label: those that the taker has a label of already stay behind."""
    for alias in [alias for alias in giver.aliases if not taker.has_label(str(alias["alias_label"]))]:
        giver.aliases.remove(alias)
        workspace.name(taker, str(alias["alias_name"]), str(alias["alias_label"]))
