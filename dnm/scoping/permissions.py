"""Looking over shoulders: what one may ask about others' rights. Which roles may is said upstairs."""

from enum import StrEnum


class OversightCapability(StrEnum):
    """Looking and asking only over the whole network. The audit as far as one's people go: over the whole
    network everybody's actions, else those of the members whose partner one may look into.
    """

    VIEW_AS = "scoping.view_as"
    EXPLAIN = "scoping.explain_access"
    AUDIT = "scoping.read_audit"
