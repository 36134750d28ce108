"""Merging one account into another."""

from datetime import datetime

from django.db import transaction

from loyalty_api.contract import EventType, LoyaltyError, LoyaltyEvent
from loyalty_api.engine import accounts, events, tiers
from loyalty_api.engine.closing import close
from loyalty_api.engine.coupon_models import CouponRedemption
from loyalty_api.engine.models import (
    Account,
    AccountCoupon,
    Booking,
    Identifier,
    LevelBooking,
    MemberRole,
    Membership,
    PointsExpiry,
    PointsLock,
    Transaction,
)
from loyalty_api.engine.search_words import refresh_words
from selfservice.programs.models import Program

# What simply belongs to the other account from now on. The rest is merged line by line.
_MOVED = (Booking, LevelBooking, Transaction, PointsLock, CouponRedemption, Identifier)


def merge_accounts(*, program: Program, source_id: str, target_id: str, now: datetime) -> None:
    """Moves all that the source has to the target and deletes the source.

    Members move too: an owner becomes a co-owner where the target has an owner, and who is a member of both stays what
    they are in the target. Raises NotFound, or LoyaltyError: MERGE_INVALID, ACCOUNT_LOCKED.
    """
    if source_id == target_id:
        raise LoyaltyError("MERGE_INVALID", "An account cannot be merged into itself.")
    with transaction.atomic():
        # Always in the same order, so that two merges of the same pair follow one another.
        locked = {id_: accounts.lock_account(program=program, account_id=id_) for id_ in sorted([source_id, target_id])}
        source, target = locked[source_id], locked[target_id]
        accounts.require_active(source)
        accounts.require_active(target)
        target.external_code = target.external_code or source.external_code
        told = _move_members(source, target, now=now)
        for model in _MOVED:
            model._base_manager.filter(account=source).update(account=target)
        _merge_coupons(source, target)
        _merge_expiries(source, target)
        told += _move_points(source, target, now=now)
        close(source, now=now)
        refresh_words([source, target])
        events.emit(program=program, events=told)


def _move_points(source: Account, target: Account, *, now: datetime) -> list[LoyaltyEvent]:
    """One event for the balance, and one for the level when it changes."""
    delta = source.points
    target.points += source.points
    target.locked_points += source.locked_points
    target.status_points += source.status_points
    target.last_activity_at = max(filter(None, [source.last_activity_at, target.last_activity_at]), default=None)
    scene = events.owner_scene(target, now=now)
    level_changed = tiers.settle_level(scene)
    target.save()
    source.points = source.locked_points = source.status_points = 0
    source.save(update_fields=["points", "locked_points", "status_points"])
    balance = scene.balance_changed({"delta": delta})
    return [balance, *level_changed]


def _move_members(source: Account, target: Account, *, now: datetime) -> list[LoyaltyEvent]:
    present = dict(Membership.objects.filter(account=target).values_list("user_id", "role"))
    told = []
    for membership in Membership.objects.filter(account=source).select_related("user"):
        scene = events.Scene(account=source, now=now, member=membership)
        told.append(scene.event(EventType.MEMBERSHIP_TERMINATED, events.membership_data(membership)))
        if membership.user_id in present:
            membership.delete()
            continue
        if membership.role == MemberRole.OWNER and MemberRole.OWNER in present.values():
            membership.role = MemberRole.COOWNER
        membership.account = target
        membership.save(update_fields=["account", "role"])
        present[membership.user_id] = membership.role
        scene = events.Scene(account=target, now=now, member=membership)
        data = events.membership_data(membership) | {"user": events.user_data(membership.user)}
        told.append(scene.event(EventType.MEMBERSHIP_ADDED, data))
    return told


def _merge_coupons(source: Account, target: Account) -> None:
    """Of a coupon that both have, assignments and redemptions add up, and the wider window counts."""
    own = {pair.coupon_id: pair for pair in AccountCoupon.objects.select_for_update().filter(account=target)}
    for pair in AccountCoupon.objects.filter(account=source):
        kept = own.get(pair.coupon_id)
        if kept is None:
            pair.account = target
            pair.save(update_fields=["account"])
            continue
        kept.assignments += pair.assignments
        kept.redeem_count += pair.redeem_count
        kept.is_activated = kept.is_activated or pair.is_activated
        kept.activated_at = max(filter(None, [kept.activated_at, pair.activated_at]), default=None)
        starts, ends = [kept.valid_from, pair.valid_from], [kept.valid_to, pair.valid_to]
        kept.valid_from = None if None in starts else min(filter(None, starts))
        kept.valid_to = None if None in ends else max(filter(None, ends))
        # By itself, so that what follows is not counted as an activation of today.
        kept.save(update_fields=["activated_at"])
        kept.save()
        pair.delete()


def _merge_expiries(source: Account, target: Account) -> None:
    """Of two announcements for one day a single one is left; what was settled stays history of the target."""
    own = {row.due_date: row for row in PointsExpiry.objects.filter(account=target)}
    for row in PointsExpiry.objects.filter(account=source):
        kept = own.get(row.due_date)
        if kept is None:
            row.account = target
            row.save(update_fields=["account"])
            continue
        kept.points += row.points
        kept.save(update_fields=["points"])
        row.delete()
