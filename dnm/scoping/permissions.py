"""Looking over shoulders: what one may ask about others' rights. Which roles may is said upstairs."""

from enum import StrEnum


class OversightCapability(StrEnum):
    """All of them only over the whole network."""

    VIEW_AS = "scoping.view_as"
    EXPLAIN = "scoping.explain_access"
