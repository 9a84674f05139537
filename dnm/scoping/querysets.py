"""`visible_to`: the one answer to "which rows may this actor see or act on", for the kinds of rows there
are.
"""

from typing import ClassVar, Self, TypeVar

from django.db.models import Model, Q

from dnm.accounts.actors import Actor
from dnm.accounts.tenancy.models import NetworkQuerySet
from dnm.scoping.authority import may_everywhere
from dnm.scoping.branches import Branch, grants_with

M = TypeVar("M", bound=Model)


class ScopedQuerySet(NetworkQuerySet[M]):
    """Rows that hang on the partner and territory trees (see `ScopedModel`)."""

    scope: tuple[Branch, ...] | None = None

    def _clone(self) -> Self:
        clone = super()._clone()  # type: ignore[misc]
        clone.scope = self.scope
        return clone

    def visible_to(self, actor: Actor, capability: str) -> Self:
        """Rows under a node at which the actor holds a role with the capability.

        An ordinary queryset: filter it, get from it, update it. `page` splits it for speed.
        """
        branches = self.model.scope_branches(actor, capability)  # type: ignore[attr-defined]
        if not branches:
            nothing = self.none()
            nothing.scope = ()
            return nothing
        terms = Q()
        for branch in branches:
            terms |= branch.q
        visible = self.filter(terms)
        visible.scope = branches
        return visible

    def recorded_under(self, node: Model) -> Self:
        """Rows recorded at or below a partner: the organisation as it was when each got its partner.

        What lies below it today is `dnm.scoping.branches.below`. Neither widens the scope: that is today's
        organisation always.
        """
        return self.filter(recorded_path__through=node.pk)


class ReferenceQuerySet(NetworkQuerySet[M]):
    """Rows that the whole network shares (territories, product lines, calendars)."""

    def visible_to(self, actor: Actor, capability: str) -> Self:
        """All of the network's rows, for an actor that holds the capability anywhere."""
        return self.all() if grants_with(actor, capability) else self.none()


class NetworkWideQuerySet(NetworkQuerySet[M]):
    """Rows about the network as a whole (log, outbox): whoever reads them reads about everybody."""

    def visible_to(self, actor: Actor, capability: str) -> Self:
        """All of the network's rows, for an actor that holds the capability over the whole network."""
        return self.all() if may_everywhere(actor, capability) else self.none()


class PersonalQuerySet(NetworkQuerySet[M]):
    """Rows that belong to one membership (jobs, notifications, tokens, drafts)."""

    owner_field: ClassVar[str] = "membership"

    def visible_to(self, actor: Actor, capability: str = "") -> Self:
        """The actor's own rows; nobody else's, whatever the role."""
        if actor.membership is None:
            return self.none()
        return self.filter(**{self.owner_field: actor.membership})
