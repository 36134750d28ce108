"""The bare views: what each costs that does the one database call, and nothing else, of a door or a call of ours."""

from typing import Any

from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from bench.models import BareEntry, BareKey, BareRow
from bench.yardstick_keys import KEY_HEADER, bare_digest


class ReadyView(APIView):
    def get(self, _request: Request) -> Response:
        return Response({"ready": True})


class InsertView(APIView):
    """One INSERT."""

    def post(self, request: Request) -> Response:
        body: Any = request.data
        entry = BareEntry.objects.create(code=body["accountId"], points=body["points"], body=body)
        return Response({"id": entry.pk}, status=201)


class InsertManyView(APIView):
    """One INSERT of many rows."""

    def post(self, request: Request) -> Response:
        bodies: Any = request.data
        entries = [BareEntry(code=body["accountId"], points=body["points"], body=body) for body in bodies]
        BareEntry.objects.bulk_create(entries)
        return Response({"accepted": len(entries)}, status=202)


class SelectView(APIView):
    """One SELECT by a unique index."""

    def get(self, request: Request, code: str) -> Response:
        return Response(_shown(BareRow.objects.get(code=code)))


class KeyedSelectView(APIView):
    """One look-up of a key by its digest, and one SELECT by a unique index."""

    def get(self, request: Request, code: str) -> Response:
        BareKey.objects.get(digest=bare_digest(request.headers[KEY_HEADER]))
        return Response(_shown(BareRow.objects.get(code=code)))


def _shown(row: BareRow) -> dict[str, object]:
    return {"code": row.code, "name": row.name, "email": row.email, "points": row.points, "at": row.created_at}


urlpatterns = [
    path("ready", ReadyView.as_view()),
    path("insert", InsertView.as_view()),
    path("insert-many", InsertManyView.as_view()),
    path("select/<str:code>", SelectView.as_view()),
    path("keyed/<str:code>", KeyedSelectView.as_view()),
]
