"""The doors for Braze: four webhooks and what Connected Content reads."""

import uuid
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from rest_framework import serializers

from integrations.braze import batches, content, operations
from integrations.braze.models import CouponBatch, ItemStatus
from integrations.braze.serializers import (
    AssignBody,
    BatchBody,
    BookingBody,
    CouponsQuery,
    LedgerQuery,
    SubscriptionBody,
    rendered_account_id,
    rendered_coupon_id,
    window_in,
)
from integrations.braze.subscriptions import channels_for, update_subscriptions
from integrations.inbound import webhooks
from integrations.inbound.answers import Answer
from integrations.inbound.content_doors import ContentDoor
from integrations.inbound.doors import Door
from integrations.inbound.errors import DoorError
from integrations.inbound.turns import Turn
from integrations.keys.models import Scope
from loyalty_api.client.factory import account_along, profile_along, reader_for
from loyalty_api.client.protocol import LoyaltyClient
from loyalty_api.contract import Booking, BookingType
from selfservice.database.rows import Along


class Webhook(webhooks.Webhook):
    kind = "braze"


class AssignDoor(Webhook):
    endpoint = "campaigns/assign"
    scope = Scope.ASSIGN
    described = operations.ASSIGN
    body = AssignBody

    def act(self, client: LoyaltyClient, body: dict[str, Any], turn: Turn) -> Answer:
        assigned = client.assign_coupon(
            account_id=body["account_id"],
            coupon_id=rendered_coupon_id(self.kwargs["coupon_id"]),
            **window_in(ZoneInfo(self.program.timezone), body),
            campaign_id=body["braze_campaign_id"],
            reference=str(turn.reference),
            tried_at=turn.tried_at,
        )
        return Answer({"couponCode": assigned.code})


class BatchDoor(Webhook):
    endpoint = "campaigns/assign/batch"
    scope = Scope.ASSIGN
    described = operations.ASSIGN_BATCH
    body = BatchBody

    def act(self, client: LoyaltyClient, body: dict[str, Any], turn: Turn) -> Answer:
        batch = batches.start_batch(
            program=self.program,
            client=client,
            batch_id=turn.reference,
            coupon_id=rendered_coupon_id(self.kwargs["coupon_id"]),
            account_ids=body["account_ids"],
            campaign_id=body["braze_campaign_id"],
            **window_in(ZoneInfo(self.program.timezone), body),
        )
        return Answer({"batchId": str(batch.pk)})


class BatchStatusDoor(Door):
    kind = "braze"
    endpoint = "campaigns/batches"
    scope = Scope.ASSIGN
    described = operations.BATCH_STATUS

    def get(self, request: HttpRequest, program: str, batch_id: uuid.UUID) -> Answer:
        batch = CouponBatch.objects.filter(program=self.program, pk=batch_id).first()
        if batch is None:
            raise DoorError(404, "batch_not_found", "There is no such batch in this program.")
        items = list(batch.items.order_by("place"))
        counts = {status: sum(item.status == status for item in items) for status in ItemStatus}
        answer = {
            "batchId": str(batch.pk),
            "status": "running" if counts[ItemStatus.WAITING] else "done",
            "total": len(items),
            "succeeded": counts[ItemStatus.SUCCEEDED],
            "failed": counts[ItemStatus.FAILED],
            "results": [_batch_result(item) for item in items],
        }
        return Answer(answer)


class BookingDoor(Webhook):
    endpoint = "members/bookings"
    scope = Scope.BOOK
    described = operations.BOOK
    body = BookingBody

    def goes_along_with_turn(self) -> Along:
        return account_along(self.kwargs["account_id"])

    def act(self, client: LoyaltyClient, body: dict[str, Any], turn: Turn) -> Answer:
        booked = client.book_points(
            account_id=rendered_account_id(self.kwargs["account_id"]),
            booking_type=BookingType(body["booking_type"]),
            booking_type_code=body["booking_type_code"],
            points=body["points"],
            reason=body["reason"] or "",
            campaign_id=body["braze_campaign_id"],
            reference=str(turn.reference),
            tried_at=turn.tried_at,
            along=lambda booked: self.keep_along(turn, _booked(booked)),
        )
        return self.kept or _booked(booked)


class SubscriptionDoor(Webhook):
    endpoint = "subscriptions/email"
    scope = Scope.SUBSCRIPTIONS
    described = operations.SUBSCRIBE
    body = SubscriptionBody
    # Each membership is a transaction of its own; opt-ins that are set once more are as they were.
    is_one_act = False

    def act(self, client: LoyaltyClient, body: dict[str, Any], turn: Turn) -> Answer:
        result = update_subscriptions(
            client=client,
            account_id=body["account_id"],
            channels=channels_for(program=self.program, requested=body["optins"] or []),
            is_allowed=body["status"] == "allowed",
            campaign_id=body["braze_campaign_id"],
        )
        succeeded = [asdict(entry) for entry in result.succeeded]
        failed = [asdict(entry) for entry in result.failed]
        if not failed:
            return Answer({"succeeded": succeeded})
        if succeeded:
            return Answer({"succeeded": succeeded, "failed": failed}, status=207)
        raise DoorError(502, "platform_failed", "The loyalty platform refused to update every membership.")


class ProfileDoor(ContentDoor):
    kind = "braze"
    endpoint = "members/profile"
    scope = Scope.PROFILE
    described = operations.PROFILE
    _member: tuple[Any, ...] | None = None

    def goes_along(self, place: Mapping[str, Any]) -> Along:
        return profile_along(str(place["account_id"]))

    def take_along(self, found: tuple[Any, ...]) -> None:
        self._member = found

    def get(self, request: HttpRequest, program: str, account_id: str) -> Answer:
        reader = reader_for(self.program, seconds=self.seconds_left, member=self._member)
        return Answer(content.profile(reader.profile(account_id=account_id)))


class CouponsDoor(ContentDoor):
    kind = "braze"
    endpoint = "members/coupons"
    scope = Scope.COUPONS
    described = operations.COUPONS

    def get(self, request: HttpRequest, program: str, account_id: str) -> Answer:
        query = _valid(CouponsQuery(data=request.GET))
        found = reader_for(self.program, seconds=self.seconds_left).redeemable_coupons(
            account_id=account_id, include_activatable=query["include"] == "activatable"
        )
        languages = (query["lang"], content.primary_language(query["lang"]), "en", self.program.language)
        return Answer({"coupons": [content.coupon(coupon, languages=languages) for coupon in found]})


class LedgerDoor(ContentDoor):
    kind = "braze"
    endpoint = "members/ledger"
    scope = Scope.PROFILE
    described = operations.LEDGER

    def get(self, request: HttpRequest, program: str, account_id: str) -> Answer:
        query = _valid(LedgerQuery(data=request.GET))
        found = reader_for(self.program, seconds=self.seconds_left).bookings(
            account_id=account_id, limit=query["limit"]
        )
        return Answer({"bookings": [content.booking(booking) for booking in found]})


def _valid(serializer: serializers.Serializer[Any]) -> dict[str, Any]:
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


def _booked(booking: Booking) -> Answer:
    return Answer({"bookingId": booking.id})


def _batch_result(item: Any) -> dict[str, str]:
    result = {"account_id": item.account_id, "status": item.status}
    if item.status == ItemStatus.SUCCEEDED:
        result["couponCode"] = item.coupon_code
    if item.status == ItemStatus.FAILED:
        # In the words of a single call: what does not exist goes in lower case there.
        result["error"] = item.error.lower() if item.error.endswith("_NOT_FOUND") else item.error
    return result
