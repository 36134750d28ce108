"""All addresses with a program's code in them, found by walking the patterns, so that a new one is known at once."""

from dataclasses import dataclass

from django.urls import URLResolver, get_resolver, reverse


@dataclass(frozen=True)
class Address:
    """`name` as `reverse` takes it; `parts` are what has to be filled in besides the program's code."""

    name: str
    parts: tuple[str, ...]

    def path(self, code, samples):
        return reverse(self.name, kwargs={"code": code} | {part: samples[part] for part in self.parts})


def of_programs():
    return sorted(_named(get_resolver(), "", "", ()), key=lambda address: address.name)


def _named(resolver, prefix, namespace, parts):
    for entry in resolver.url_patterns:
        text = prefix + str(entry.pattern)
        known = (*parts, *entry.pattern.converters)
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _named(entry, text, inner, known)
        elif text.startswith("programs/<") and "code" in known:
            yield Address(f"{namespace}{entry.name}", tuple(part for part in known if part != "code"))
