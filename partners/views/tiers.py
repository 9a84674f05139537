"""Tiers: the ladder, where the partners stand, setting a tier by hand, and what the frame shows of it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _plain
from django.utils.translation import gettext_lazy as _

from dnm.accounts.actors import Actor
from dnm.accounts.middleware import require_network
from dnm.accounts.requests import PortalRequest
from dnm.events.models import Event
from dnm.scoping.authority import authorise
from dnm.scoping.branches import grants_with
from dnm.web.formats import moment, number
from dnm.web.home import Kpi, register_kpis
from dnm.web.tabs import Tab, register_tab
from dnm.web.timeline import describes
from dnm.web.views.base import ActorView
from dnm.web.views.details import ScopedObjectView
from dnm.web.views.forms import VerbFormView
from dnm.web.views.lists import Empty, Order, ScopedListView
from partners.domain.tiers.ladder import ladder, ladder_of
from partners.domain.tiers.queries import held_counts, may_override, reviews_of, standing_of
from partners.domain.tiers.reviewing import end_override, override_tier
from partners.domain.tiers.telling import amount, course, titled, told, wanted
from partners.filters.tiers import StandingFilters
from partners.forms import ReasonForm
from partners.forms.tiers import OverrideForm
from partners.models import Partner, Tier, TierBenefit, TierStanding
from partners.permissions.tiers import TierCapability
from partners.roles import STAFF_ROLES
from partners.states.tiers import Outcome, entitlement_named
from partners.tables.tiers import StandingTable

CRUMBS = [(_("Tiers"), "/tiers/")]
MOST_REVIEWS = 12
TONES = {"rising": "good", "falling": "warn", "steady": "neutral"}


def register() -> None:
    """Called when the app starts."""
    register_tab(
        Partner,
        Tab("tier", _("Tier"), TierCapability.VIEW, "partners/tabs/tier.html", _tab, 40, applies=_applies),
    )
    register_kpis(TierCapability.VIEW, _kpi)
    describes("partners.tier_reviewed", _reviewed)


class StandingListView(ScopedListView):
    """Where the partners in sight stand, and where they are heading."""

    model = TierStanding
    capability = TierCapability.VIEW
    table_class = StandingTable
    filterset_class = StandingFilters
    quick = "course"
    title = _("Tiers")
    file_name = "tiers"
    template_name = "partners/tiers/list.html"
    orders: ClassVar[Mapping[str, Order]] = {
        "newest": Order(_("Newest tier first"), ("-since", "-id")),
        "oldest": Order(_("Longest held first"), ("since", "id")),
    }
    empty = Empty(
        _("Nobody has a tier yet"),
        _("An administrator sets the ladder up; the next night everybody takes a place."),
    )

    def with_related(self, rows: Any) -> Any:
        return rows.select_related("partner", "tier", "earned", "override_tier")


class LadderView(ActorView):
    """The tiers, what earns them, what they give, and how many hold them."""

    capability = TierCapability.VIEW_LADDER

    def get(self, request: PortalRequest) -> HttpResponse:
        currency = require_network(request).currency
        counts = held_counts(self.actor) if self.actor.roles & STAFF_ROLES else None
        tiers = [_card(tier, counts, currency) for tier in reversed(ladder())]
        context = {"title": _("The ladder"), "crumbs": CRUMBS, "tiers": tiers}
        return render(request, "partners/tiers/ladder.html", context)


class _StandingForm(VerbFormView, ScopedObjectView):
    """A form about one standing in sight, for who may set tiers by hand."""

    model = TierStanding
    capability = TierCapability.VIEW

    def with_related(self, rows: Any) -> Any:
        return rows.select_related("partner", "tier", "override_tier")

    @cached_property
    def record(self) -> TierStanding:
        found: TierStanding = self.get_object()
        authorise(self.actor, TierCapability.OVERRIDE, found)
        return found

    def get_context_data(self) -> dict[str, Any]:
        url = self.record.get_absolute_url()
        return {"crumbs": [*CRUMBS, (self.record.partner.trade_name, url)], "cancel": url}


class OverrideView(_StandingForm):
    """Set a partner's tier by hand, for a time."""

    title = _("Set the tier by hand")
    submit = _("Set the tier")
    done = _("The tier is set until the day you named.")

    def get_form(self) -> Any:
        """The tiers that are for this kind of partner."""
        own = [tier.pk for tier in ladder_of(self.record.partner)]
        tiers = Tier.objects.visible_to(self.actor, TierCapability.VIEW_LADDER).filter(pk__in=own)
        initial = {"tier": self.record.override_tier, "until": self.record.override_until}
        return OverrideForm(**self.form_arguments(), tiers=tiers.order_by("rank"), initial=initial)

    def perform(self, values: dict[str, Any]) -> str:
        override_tier(standing=self.record, **values, actor=self.actor, at=self.at)
        return self.record.get_absolute_url()


class EndOverrideView(_StandingForm):
    """Back to the earned tier before the day."""

    title = _("Back to the earned tier")
    submit = _("Back to the earned tier")
    done = _("The earned tier counts again.")
    form_class = ReasonForm

    def get_form(self) -> Any:
        """Why."""
        return ReasonForm(**self.form_arguments()) if self.record else None

    def perform(self, values: dict[str, Any]) -> str:
        end_override(standing=self.record, reason=values["reason"], actor=self.actor, at=self.at)
        return self.record.get_absolute_url()


def _card(tier: Tier, counts: Counter[int] | None, currency: str) -> dict[str, Any]:
    criteria: Any = tier.criteria  # type: ignore[attr-defined]
    return {
        "tier": tier,
        "kinds": [
            label for value, label in Partner._meta.get_field("kind").flatchoices if value in tier.kinds
        ],
        "count": None if counts is None else number(counts[tier.pk]),
        "criteria": [
            (titled(one.metric), wanted(one.operator, one.metric, one.value, currency), one.window_days)
            for one in sorted(criteria.all(), key=lambda one: one.pk)
        ],
        "benefits": _benefits(tier),
        "url": f"{reverse('partners:tiers')}?tier={tier.uid}",
    }


def _benefits(tier: Tier | None) -> list[tuple[Any, str]]:
    rows: Any = tier.benefits.all() if tier else []  # type: ignore[attr-defined]
    return [(one.label, _worth(one)) for one in sorted(rows, key=lambda one: one.pk)]


def _worth(benefit: TierBenefit) -> str:
    known = entitlement_named(benefit.entitlement)
    value = number(benefit.value, 2)
    if known is not None and known.unit == "days":
        return _plain("{count} days").format(count=value)
    return f"{value}%" if known is not None and known.unit == "percent" else value


def _applies(partner: Partner) -> bool:
    return partner.parent_id is not None


def _tab(partner: Partner, actor: Actor) -> Mapping[str, Any]:
    standing = standing_of(partner.pk, actor)
    if standing is None:
        return {"standing": None}
    currency = standing.network.currency
    way = course(standing)
    block = standing.projection.get("held" if way == "falling" else "next")
    return {
        "standing": standing,
        "told": told(standing, currency),
        "tone": TONES[way],
        "heading": block["tier"] if block else "",
        "is_any": bool(block) and block["match"] == "any",
        "progress": [_progress(line, currency) for line in block["lines"]] if block else [],
        "benefits": _benefits(standing.now_held),
        "reviews": reviews_of(partner)[:MOST_REVIEWS],
        "can_override": may_override(standing, actor),
    }


def _progress(line: Mapping[str, Any], currency: str) -> dict[str, Any]:
    return {
        "title": titled(line["metric"]),
        "days": line["days"],
        "wanted": wanted(line["operator"], line["metric"], line["value"], currency),
        "actual": amount(line["metric"], line["actual"], currency) or _plain("too few"),
        "is_met": line["is_met"],
    }


def _kpi(actor: Actor, at: datetime) -> Sequence[Kpi]:
    """The own organisation's tier, for its owner. The network's people have the list."""
    own = [
        grant.node
        for grant in grants_with(actor, TierCapability.VIEW)
        if grant.tree == "partner" and grant.level > 1
    ]
    standing = standing_of(own[0], actor) if own else None
    if standing is None or standing.projected_at is None:
        return []
    currency = standing.network.currency
    as_of = _plain("as of {as_of}").format(as_of=moment(standing.projected_at, at))
    return [
        Kpi(
            label=_plain("Tier"),
            value=str(standing.now_held or _plain("None yet")),
            detail=" · ".join(filter(None, [told(standing, currency), as_of])),
            url=standing.get_absolute_url(),
        )
    ]


def _reviewed(event: Event) -> str:
    words: dict[Any, Any] = dict(Outcome.choices)
    outcome = event.payload.get("outcome", "")
    before, after = event.payload.get("before", ""), event.payload.get("after", "")
    step = " → ".join(filter(None, [before, after])) if before != after else after
    return " · ".join(
        filter(None, map(str, [words.get(outcome, outcome), step, event.payload.get("reason")]))
    )
