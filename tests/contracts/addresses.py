"""Every page of the house, read from the resolver itself, so that none can be forgotten."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from tests.world import World
from wardwright.web.views import PAGES

PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass(frozen=True)
class Address:
    """One page: its name, its route with parameters in it, and the view behind it."""

    name: str
    route: str
    view: Any

    @property
    def parameters(self) -> list[str]:
        return PARAMETER.findall(self.route)

    @property
    def page(self) -> Any:
        """The view as ``@page`` registered it, below decorators such as ``require_POST``; None without ``@page``."""
        registered, view = set(PAGES.values()), self.view
        while view is not None and view not in registered:
            view = getattr(view, "__wrapped__", None)
        return view

    def url(self, values: dict[str, Any]) -> str:
        """The address with its parameters filled in."""
        for name in self.parameters:
            assert name in values, (
                f"{self.route} has the parameter “{name}”, which tests/world.py does not know: add a row for it there"
                " (in _rows_of_a_site if it belongs to a site), or name the parameter after its row."
            )
        return "/" + PARAMETER.sub(lambda found: str(values[found[1]]), self.route)


def addresses() -> list[Address]:
    """Every address except the API's and SCIM's, which have their own contracts."""
    found = [Address(*entry) for entry in _walk(get_resolver(), "")]
    return sorted((a for a in found if not a.route.startswith(("api/", "scim/"))), key=lambda a: a.route)


def _walk(resolver: URLResolver, prefix: str) -> Iterator[tuple[str, str, Any]]:
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern).removeprefix("^")
        if isinstance(entry, URLPattern):
            yield entry.name or route, route, entry.callback
        else:
            yield from _walk(entry, route)


def of_a_site(address: Address, world: World) -> bool:
    """Whether some parameter names a row that belongs to a site."""
    return any(name in world.of_a_site for name in address.parameters)
