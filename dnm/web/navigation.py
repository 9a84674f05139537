"""The sidebar: at most eight groups by task, shown to those who have something to do there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from dnm.accounts.actors import Actor
from dnm.scoping.authority import may

MOST_GROUPS = 8
Badge = Callable[[Actor, datetime], int]


@dataclass(frozen=True, slots=True)
class NavItem:
    """A group of the sidebar, or one of its pages.

    `capability` None means everybody. `badge` counts what waits for the actor there (one query; it is asked
    on every page). A group with pages leads to the first of them that the actor may open.
    """

    key: str
    label: Any
    icon: str
    url_name: str
    capability: str | None = None
    badge: Badge | None = None
    order: int = 50
    pages: tuple["NavItem", ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A navigation item as one actor sees it on one page."""

    label: Any
    icon: str
    url: str
    is_here: bool
    is_around: bool
    count: int = 0
    pages: list["Entry"] = field(default_factory=list)


_groups: dict[str, NavItem] = {}


def register_navigation(group: NavItem) -> None:
    """Put a group into the sidebar. Raises ValueError for a ninth: a menu is not a site map."""
    if group.key not in _groups and len(_groups) == MOST_GROUPS:
        raise ValueError(
            f"the sidebar has {MOST_GROUPS} groups already; {group.key} belongs into one of them"
        )
    _groups[group.key] = group


def register_home() -> None:
    """The first entry of every sidebar. Called when the app starts."""
    register_navigation(NavItem(key="home", label=_("Home"), icon="home", url_name="home", order=0))


def navigation_for(
    actor: Actor, *, path: str, at: datetime, counted: Mapping[str, int] | None = None
) -> list[Entry]:
    """The actor's sidebar. The page's own entry is marked, and its group is open.

    `counted` holds what the page has counted already, by group.
    """
    seen = [
        _entry(group, actor, path, at, counted or {})
        for group in sorted(_groups.values(), key=lambda one: one.order)
    ]
    return [entry for entry in seen if entry is not None]


def reachable(actor: Actor) -> list[tuple[NavItem, str]]:
    """Every page of the sidebar that the actor may open, with its address. For the search box."""
    items = [item for group in _groups.values() for item in (group.pages or (group,))]
    return [(item, reverse(item.url_name)) for item in items if _allowed(item, actor)]


def _entry(group: NavItem, actor: Actor, path: str, at: datetime, counted: Mapping[str, int]) -> Entry | None:
    allowed = [page for page in group.pages if _allowed(page, actor)]
    if not _allowed(group, actor) or (group.pages and not allowed):
        return None
    urls = [reverse(page.url_name) for page in allowed] or [reverse(group.url_name)]
    around = max((url for url in urls if _is_around(url, path)), key=len, default="")
    pages = [
        Entry(page.label, page.icon, url, is_here=url == path, is_around=url == around)
        for page, url in zip(allowed, urls, strict=False)
    ]
    return Entry(
        label=group.label,
        icon=group.icon,
        url=urls[0],
        is_here=not pages and urls[0] == path,
        is_around=bool(around),
        count=_count(group, actor, at, counted),
        pages=pages if around and len(pages) > 1 else [],
    )


def _count(group: NavItem, actor: Actor, at: datetime, counted: Mapping[str, int]) -> int:
    if group.key in counted:
        return counted[group.key]
    return group.badge(actor, at) if group.badge else 0


def _allowed(item: NavItem, actor: Actor) -> bool:
    return item.capability is None or may(actor, item.capability)


def _is_around(url: str, path: str) -> bool:
    return path == url if url == "/" else path.startswith(url)
