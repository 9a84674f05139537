"""Somebody who wants to become a partner, the personal link, and what was decided."""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from dnm.accounts.history import tracked
from dnm.accounts.tenancy.constraints import AppendOnly, SameNetwork
from dnm.accounts.tenancy.models import NetworkModel, NetworkQuerySet, SameNetworkKey
from dnm.scoping.masks import Mask
from dnm.scoping.models import ScopedModel, level_indexes
from dnm.scoping.querysets import ScopedQuerySet
from dnm.scoping.triggers import LevelTrigger
from dnm.workflow.triggers import StateGuard
from partners.models.partners import PartnerKind
from partners.permissions.onboarding import OnboardingCapability
from partners.states.onboarding import APPLICATION_FLOW, APPLICATION_TONES, STAGE_CHOICES, ApplicationState

APPLICANT_FIELDS = ("contact_name", "phone", "email", "address", "message")
SOURCES = [("web_form", _("Application page")), ("api", _("API")), ("staff", _("Entered by hand"))]
UNTRACKED = [
    "state",
    "state_changed_at",
    "held_from",
    "score",
    "answered_at",
    *(f"{tree}_{n}" for tree in ("partner", "territory") for n in range(1, 9)),
]


@tracked(name="ApplicationEvent", exclude=UNTRACKED)
class Application(ScopedModel):
    """Somebody who wants to become a partner, under the version of the track at which it began.

    `parent` is whom it would buy from (the brand owner until somebody chooses), `territory` that of the
    postal code. `score` is in percent. `partner` is what became of it. `held_from` is the stage to go back
    to.
    """

    scope_anchors: ClassVar[dict[str, str]] = {"partner": "parent", "territory": "territory"}
    scope_own_column: ClassVar[str] = "parent_id"
    masks: ClassVar[tuple[Mask, ...]] = (Mask(APPLICANT_FIELDS, OnboardingCapability.VIEW_APPLICANT),)
    workflow = APPLICATION_FLOW
    view_capability: ClassVar[str] = OnboardingCapability.VIEW

    track = SameNetworkKey("partners.Track", related_name="applications", verbose_name=_("track"))
    kind = models.CharField(_("applies as"), max_length=16, choices=PartnerKind.choices)
    parent = SameNetworkKey("partners.Partner", related_name="+", verbose_name=_("would buy from"))
    territory = SameNetworkKey("partners.Territory", related_name="+", verbose_name=_("territory"))
    partner = SameNetworkKey(
        "partners.Partner", null=True, blank=True, related_name="applications", verbose_name=_("became")
    )
    state = models.CharField(
        _("state"), max_length=16, choices=ApplicationState.choices, default=ApplicationState.ENQUIRY
    )
    state_changed_at = models.DateTimeField(_("since"))
    held_from = models.CharField(max_length=16, choices=STAGE_CHOICES, blank=True)
    organisation = models.CharField(_("organisation"), max_length=150, db_collation="C")
    contact_name = models.CharField(_("contact"), max_length=120)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    email = models.EmailField(_("e-mail"))
    postal_code = models.CharField(_("postal code"), max_length=12, blank=True)
    place = models.CharField(_("place"), max_length=120, blank=True)
    address = models.CharField(_("address"), max_length=250, blank=True)
    product_line_ids = ArrayField(models.IntegerField(), default=list, blank=True)
    message = models.TextField(_("message"), blank=True, max_length=4000)
    language = models.CharField(_("language"), max_length=12, blank=True)
    consent = models.BooleanField(_("consent"), default=False)
    consent_version = models.CharField(_("consent text version"), max_length=20, blank=True)
    source = models.CharField(_("source"), max_length=10, choices=SOURCES)
    external_id = models.CharField(_("id at the source"), max_length=120, blank=True)
    suspicion = models.CharField(_("spam signal"), max_length=20, blank=True)
    score = models.PositiveSmallIntegerField(_("score"), null=True)
    answered_at = models.DateTimeField(_("questionnaire answered"), null=True)
    closing_reason = models.CharField(_("why it ended"), max_length=500, blank=True)
    live_at = models.DateTimeField(_("live"), null=True)
    created_at = models.DateTimeField(_("came in"))

    objects: Any = ScopedQuerySet.as_manager()

    class Meta(NetworkModel.Meta):
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        constraints = [
            *NetworkModel.Meta.constraints,
            SameNetwork(fields=["track"], name="partners_application_track_fk"),
            SameNetwork(fields=["parent"], name="partners_application_parent_fk"),
            SameNetwork(fields=["territory"], name="partners_application_territory_fk"),
            SameNetwork(fields=["partner"], name="partners_application_partner_fk"),
            models.UniqueConstraint(
                fields=["network", "source", "external_id"],
                condition=~Q(external_id=""),
                name="partners_application_external_id",
            ),
            models.UniqueConstraint(fields=["network", "partner"], name="partners_application_partner_once"),
            models.CheckConstraint(
                condition=Q(state="live", partner__isnull=False, live_at__isnull=False)
                | (~Q(state="live") & Q(partner=None, live_at=None)),
                name="partners_application_live_is_a_partner",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["rejected", "withdrawn"]) | ~Q(closing_reason=""),
                name="partners_application_ended_needs_reason",
            ),
            models.CheckConstraint(
                condition=Q(state="on_hold") & ~Q(held_from="") | (~Q(state="on_hold") & Q(held_from="")),
                name="partners_application_held_from",
            ),
            models.CheckConstraint(
                condition=Q(score=None) | Q(score__lte=100), name="partners_application_score"
            ),
        ]
        indexes = [
            *level_indexes("partners_application_new", "-created_at", "-id"),
            models.Index(fields=["network", "-created_at", "-id"], name="partners_application_newest"),
            models.Index(fields=["network", "state", "state_changed_at"], name="partners_application_stage"),
            GinIndex(fields=["organisation"], opclasses=["gin_trgm_ops"], name="partners_application_trgm"),
        ]
        triggers = [
            LevelTrigger(anchors={"partner": "parent", "territory": "territory"}),
            StateGuard(APPLICATION_FLOW),
        ]

    def __str__(self) -> str:
        return self.organisation

    def get_absolute_url(self) -> str:
        return reverse("partners:application", args=[self.uid])

    @property
    def state_tone(self) -> str:
        return APPLICATION_TONES.get(ApplicationState(self.state), "neutral")

    @property
    def reference(self) -> str:
        """What applicant and network call it on the telephone."""
        return self.uid.hex[-8:].upper()


class ApplicationLink(NetworkModel):
    """A personal link of an applicant. The address is signed and never stored; the row ends it."""

    application = SameNetworkKey("partners.Application", related_name="links", on_delete=models.CASCADE)
    created_at = models.DateTimeField(_("issued"))
    expires_at = models.DateTimeField(_("expires"))
    revoked_at = models.DateTimeField(_("revoked"), null=True)

    objects: Any = NetworkQuerySet.as_manager()

    class Meta(NetworkModel.Meta):
        verbose_name = _("personal link")
        verbose_name_plural = _("personal links")
        constraints = [
            *NetworkModel.Meta.constraints,
            SameNetwork(fields=["application"], name="partners_applicationlink_application_fk"),
            models.UniqueConstraint(
                fields=["network", "application"],
                condition=Q(revoked_at=None),
                name="partners_applicationlink_one",
            ),
        ]

    def __str__(self) -> str:
        return str(self.uid)


class Decision(NetworkModel):
    """A step that a person decided, with the reason and what the applicant was told. Append-only."""

    application = SameNetworkKey("partners.Application", related_name="decisions", on_delete=models.CASCADE)
    transition = models.CharField(_("step"), max_length=40)
    from_state = models.CharField(_("from"), max_length=16, choices=ApplicationState.choices)
    to_state = models.CharField(_("to"), max_length=16, choices=ApplicationState.choices)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    told = models.CharField(_("told the applicant"), max_length=500, blank=True)
    score = models.PositiveSmallIntegerField(_("score"), null=True)
    decider = SameNetworkKey("accounts.Membership", null=True, related_name="+")
    decider_name = models.CharField(_("by"), max_length=150)
    decided_at = models.DateTimeField(_("at"))

    objects: Any = NetworkQuerySet.as_manager()

    class Meta(NetworkModel.Meta):
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        constraints = [
            *NetworkModel.Meta.constraints,
            SameNetwork(fields=["application"], name="partners_decision_application_fk"),
            SameNetwork(fields=["decider"], name="partners_decision_decider_fk"),
            AppendOnly(name="partners_decision_append_only"),
        ]
        indexes = [models.Index(fields=["network", "application", "-id"], name="partners_decision_newest")]

    def __str__(self) -> str:
        return f"{self.transition} · {self.decider_name}"
