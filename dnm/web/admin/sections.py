"""The groups of the administration's menu. An app names the one that each of its lists stands in."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of the menu; `order` sorts."""

    key: str
    label: Any
    order: int


SETTINGS = Section("settings", _("Settings"), 80)
OPERATION = Section("operation", _("Operation"), 90)
PLATFORM = Section("platform", _("Platform"), 10)
