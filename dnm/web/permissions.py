"""Who may enter the network's administration. Which roles may is said upstairs."""

from enum import StrEnum


class WebCapability(StrEnum):
    """Entering shows nothing by itself: each page asks for the capability of its own rows."""

    ENTER_ADMIN = "web.enter_admin"
