"""The shape of the organisation: moving a partner with everything below it."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from dnm.accounts.actors import Actor
from dnm.scoping.authority import may
from dnm.web.tabs import Tab, register_tab
from dnm.web.views.details import ScopedObjectView
from dnm.web.views.forms import TransitionView, VerbFormView
from partners.domain.moves import drop_move, move_partner, moves_of
from partners.forms.organisation import MoveForm
from partners.models import Partner
from partners.permissions import PartnerCapability

CRUMBS = [(_("Partners"), "/partners/")]
SHOWN = 50


def register() -> None:
    """Called when the app starts."""
    register_tab(
        Partner,
        Tab(
            key="organisation",
            label=_("Organisation"),
            capability=PartnerCapability.MOVE,
            template="partners/organisation/moves.html",
            context=moves_tab,
            order=40,
        ),
    )


def moves_tab(partner: Partner, actor: Actor) -> Mapping[str, Any]:
    """The partner's moves, done and planned."""
    moves = list(moves_of(partner, actor)[:SHOWN])
    return {
        "moves": moves,
        "planned": any(move.is_planned for move in moves),
        "can_move": partner.parent_id is not None and may(actor, PartnerCapability.MOVE, partner),
    }


class MovePartnerView(VerbFormView, ScopedObjectView):
    """Let a partner, and everything below it, buy from another one."""

    model = Partner
    capability = PartnerCapability.MOVE
    form_class = MoveForm
    title = _("Move in the organisation")
    submit = _("Move")

    @cached_property
    def record(self) -> Partner:
        found = self.get_object()
        if found.parent_id is None:
            raise Http404
        return found  # type: ignore[no-any-return]

    def form_arguments(self) -> dict[str, Any]:
        _known = self.record
        return {**super().form_arguments(), "actor": self.actor}

    def get_context_data(self) -> dict[str, Any]:
        url = self.record.get_absolute_url()
        return {"crumbs": [*CRUMBS, (self.record.trade_name, url)], "cancel": url}

    def perform(self, values: dict[str, Any]) -> str:
        move_partner(partner=self.record, **values, actor=self.actor, at=self.at)
        return f"{self.record.get_absolute_url()}?tab=organisation"


class DropMoveView(TransitionView):
    """Call the planned move of a partner off."""

    model = Partner
    capability = PartnerCapability.MOVE

    def perform(self, record: Any) -> Any:
        move = next((move for move in moves_of(record, self.actor) if move.is_planned), None)
        if move is None:
            raise Http404
        return drop_move(move=move, actor=self.actor, at=self.at)

    def get_success_url(self, record: Any) -> str:
        return f"{record.get_absolute_url()}?tab=organisation"
