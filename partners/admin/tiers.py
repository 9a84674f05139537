"""The ladder in the network's administration: what earns tiers, what they give; standings to be read."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dnm.accounts.actors import Actor
from dnm.metrics.declaring import all_metrics
from dnm.web.admin.columns import Column, link, linked
from dnm.web.admin.forms import ActorForm, RowChoice
from dnm.web.admin.scoped import ScopedModelAdmin
from dnm.web.admin.sections import Section
from dnm.web.admin.sites import network_site
from dnm.web.admin.verbs import RowVerb
from partners.domain.tiers.ladder import put_benefit, put_criterion, put_tier, remove_part
from partners.domain.tiers.queries import reviews_of
from partners.forms import KINDS
from partners.models import Tier, TierBenefit, TierCriterion, TierStanding
from partners.permissions import PartnerCapability
from partners.permissions.tiers import TierCapability
from partners.states.tiers import all_entitlements

TIERS = Section("tiers", _("Tiers"), 35)
MANAGE = TierCapability.MANAGE_LADDER
PARTNER = Column(
    "partner", _("partner"), lambda row, actor: linked(row.partner, actor, PartnerCapability.VIEW)
)


def _tiers(actor: Actor) -> Any:
    return Tier.objects.visible_to(actor, MANAGE).order_by("rank")


def _remove(row: Any, values: Mapping[str, Any], actor: Actor, at: datetime) -> None:
    remove_part(part=row, actor=actor, at=at)


class TierForm(ActorForm):
    """A tier, and for which kinds of partners."""

    kinds = forms.MultipleChoiceField(label=_("For"), choices=KINDS, widget=forms.CheckboxSelectMultiple)

    class Meta:
        model = Tier
        fields = ["rank", "name", "kinds", "match", "review_months", "grace_days"]


class CriterionForm(ActorForm):
    """A figure, and what it must be."""

    tier = RowChoice(_tiers, label=_("Tier"))
    metric = forms.ChoiceField(label=_("Figure"))

    class Meta:
        model = TierCriterion
        fields = ["tier", "metric", "operator", "value", "window_days"]
        help_texts = {"value": _("Of a share in percent.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(metric.name, metric.title) for metric in all_metrics()]
        self.fields["metric"].choices = choices  # type: ignore[attr-defined]


class BenefitForm(ActorForm):
    """A benefit, and how much of it."""

    tier = RowChoice(_tiers, label=_("Tier"))
    entitlement = forms.ChoiceField(label=_("Benefit"))

    class Meta:
        model = TierBenefit
        fields = ["tier", "entitlement", "value"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(one.name, one.label) for one in all_entitlements()]
        self.fields["entitlement"].choices = choices  # type: ignore[attr-defined]


class _LadderAdmin(ScopedModelAdmin):
    """What is set for the whole network, and may be taken away again."""

    section = TIERS
    view_capability = TierCapability.VIEW_LADDER
    add_capability = MANAGE
    change_capability = MANAGE
    is_network_wide = True
    verbs: ClassVar[tuple[RowVerb, ...]] = (
        RowVerb(name="remove", label=_("Remove"), capability=MANAGE, perform=_remove, is_grave=True),
    )


def _rows(rows: Any) -> str:
    return "\n".join(str(row) for row in rows.order_by("pk"))


@admin.register(Tier, site=network_site)
class TierAdmin(_LadderAdmin):
    """The levels of the ladder."""

    add_form = change_form = TierForm
    ordering = ("rank", "id")
    list_display = ("name", "rank", "match", "review_months", "grace_days")
    facts = (
        "name",
        "rank",
        "kinds",
        "match",
        Column("criteria", _("criteria"), lambda row, actor: _rows(row.criteria)),
        Column("benefits", _("benefits"), lambda row, actor: _rows(row.benefits)),
        "review_months",
        "grace_days",
    )

    def perform_add(self, request: Any, form: ActorForm) -> Tier:
        return put_tier(values=form.cleaned_data, actor=request.actor, at=timezone.now())

    def perform_change(self, request: Any, row: Tier, form: ActorForm) -> Tier:
        return put_tier(values=form.changes(), tier=row, actor=request.actor, at=timezone.now())


def _tier(row: Any, actor: Actor) -> Any:
    return link(row.tier, row.tier)


@admin.register(TierCriterion, site=network_site)
class TierCriterionAdmin(_LadderAdmin):
    """What earns a tier."""

    menu_name = _("Criteria of tiers")
    add_form = change_form = CriterionForm
    has_history = False
    related = ("tier",)
    ordering = ("tier_id", "id")
    list_display = ("metric", Column("tier", _("tier"), _tier), "operator", "value", "window_days")
    facts = (Column("tier", _("tier"), _tier), "metric", "operator", "value", "window_days")

    def perform_add(self, request: Any, form: ActorForm) -> TierCriterion:
        return put_criterion(values=form.cleaned_data, actor=request.actor, at=timezone.now())

    def perform_change(self, request: Any, row: TierCriterion, form: ActorForm) -> TierCriterion:
        now = timezone.now()
        return put_criterion(values=form.changes(), criterion=row, actor=request.actor, at=now)


@admin.register(TierBenefit, site=network_site)
class TierBenefitAdmin(_LadderAdmin):
    """What a tier gives."""

    menu_name = _("Benefits of tiers")
    add_form = change_form = BenefitForm
    has_history = False
    related = ("tier",)
    ordering = ("tier_id", "id")
    list_display = (
        Column("label", _("benefit"), lambda row, actor: row.label),
        Column("tier", _("tier"), _tier),
        "value",
    )
    facts = (
        Column("tier", _("tier"), _tier),
        Column("label", _("benefit"), lambda row, actor: row.label),
        "value",
    )

    def perform_add(self, request: Any, form: ActorForm) -> TierBenefit:
        return put_benefit(values=form.cleaned_data, actor=request.actor, at=timezone.now())

    def perform_change(self, request: Any, row: TierBenefit, form: ActorForm) -> TierBenefit:
        return put_benefit(values=form.changes(), benefit=row, actor=request.actor, at=timezone.now())


def _reviews(standing: TierStanding, actor: Actor) -> str:
    rows = reviews_of(standing.partner)[:12]
    return "\n".join(f"{row.decided_at:%Y-%m-%d}: {row} {row.held_at(row.decided_at) or ''}" for row in rows)


@admin.register(TierStanding, site=network_site)
class TierStandingAdmin(ScopedModelAdmin):
    """Where partners stand, to be read. The portal sets tiers by hand."""

    section = TIERS
    view_capability = TierCapability.VIEW
    ordering = ("-since", "-id")
    related = ("partner", "tier", "earned", "override_tier")
    list_display = (
        PARTNER,
        Column("held", _("tier"), lambda row, actor: row.now_held),
        Column("earned", _("earned by now"), lambda row, actor: row.earned),
        "is_in_grace",
        "review_on",
    )
    list_filter = ("is_in_grace",)
    facts = (
        PARTNER,
        Column("held", _("tier"), lambda row, actor: row.now_held),
        "since",
        Column("earned", _("earned by now"), lambda row, actor: row.earned),
        "is_in_grace",
        "review_on",
        Column("override", _("set by hand"), lambda row, actor: row.override_tier),
        "override_until",
        "override_reason",
        "projected_at",
        Column("reviews", _("reviews"), _reviews),
    )
