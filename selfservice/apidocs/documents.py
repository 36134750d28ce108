"""One OpenAPI document: made of the views of a URLconf, and served with its viewer."""

import hashlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils import translation
from django.views.decorators.http import condition, require_safe
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer
from drf_spectacular.settings import patched_settings

from selfservice.apidocs.generator import DescribedGenerator

# The library's settings are patched while a document is made, for all threads.
_making = threading.Lock()


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """`urlconf` names the patterns, `prefix` is what their paths begin with: the address of the server."""

    title: str
    version: str
    description: str
    urlconf: str
    prefix: str
    # Chapters in their order, with a sentence about each.
    chapters: Mapping[str, str] = field(default_factory=dict)

    def settings(self) -> dict[str, Any]:
        return {
            "TITLE": self.title,
            "VERSION": self.version,
            "DESCRIPTION": self.description,
            "TAGS": [{"name": name, "description": text} for name, text in self.chapters.items()],
            "SERVERS": [{"url": self.prefix}],
            "SCHEMA_PATH_PREFIX": self.prefix,
            "SCHEMA_PATH_PREFIX_TRIM": True,
        }


@cache
def document_of(document: Document) -> dict[str, Any]:
    """Made on the first call, in English; the views do not change while a process lives."""
    with _making, translation.override("en"), patched_settings(document.settings()):
        made: dict[str, Any] = DescribedGenerator(urlconf=document.urlconf).get_schema(request=None, public=True)
    return made


def document_paths(document: Document) -> list[URLPattern]:
    """`openapi.json`, `openapi.yaml` and `docs`, to be set beside what they describe. Open to all."""
    texts = {
        "application/json": cache(lambda: _rendered(OpenApiJsonRenderer, document)),
        "application/yaml": cache(lambda: _rendered(OpenApiYamlRenderer, document)),
    }

    def serve(kind: str) -> Any:
        @require_safe
        @condition(etag_func=lambda _request: _etag(texts[kind]()))
        def view(_request: HttpRequest) -> HttpResponseBase:
            return HttpResponse(texts[kind](), content_type=kind)

        return view

    @require_safe
    def viewer(request: HttpRequest) -> HttpResponse:
        return render(request, "apidocs/viewer.html", {"title": document.title})

    return [
        path("openapi.json", serve("application/json"), name="openapi_json"),
        path("openapi.yaml", serve("application/yaml"), name="openapi_yaml"),
        path("docs", viewer, name="docs"),
    ]


def _etag(text: bytes) -> str:
    """The same in each process that serves the document."""
    return f'"{hashlib.sha256(text).hexdigest()[:32]}"'


def _rendered(renderer: type[OpenApiJsonRenderer | OpenApiYamlRenderer], document: Document) -> bytes:
    text: bytes = renderer().render(document_of(document), renderer_context={})
    return text
