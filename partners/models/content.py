"""News, bulletins and the library: what is published, its versions, and who has acknowledged them."""

from typing import Any, ClassVar

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from dnm.accounts.actors import Actor
from dnm.accounts.tenancy.constraints import AppendOnly, SameNetwork
from dnm.accounts.tenancy.models import NetworkModel, NetworkQuerySet, SameNetworkKey
from dnm.scoping.models import ScopedModel, level_indexes
from dnm.scoping.querysets import ScopedQuerySet
from dnm.scoping.triggers import LevelTrigger
from dnm.workflow.triggers import StateGuard
from partners.models.audience import addressed_to
from partners.permissions.content import OWN, ContentCapability
from partners.states.content import PUBLICATION_FLOW, PUBLICATION_TONES, PublicationKind, PublicationState

PUBLISHED = PublicationState.PUBLISHED

AUDIENCE = pgtrigger.Trigger(
    name="d_audience",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("for_tiers", "for_lines"),
    func="""
        IF (SELECT count(*) FROM partners_tier
            WHERE network_id = NEW.network_id AND id = ANY (NEW.for_tiers)) <> cardinality(NEW.for_tiers)
        OR (SELECT count(*) FROM partners_productline
            WHERE network_id = NEW.network_id AND id = ANY (NEW.for_lines)) <> cardinality(NEW.for_lines)
        THEN
            RAISE EXCEPTION 'a tier or product line is not of this network, or named twice'
                USING ERRCODE = 'foreign_key_violation';
        END IF;
        RETURN NEW;
    """,
)
"""Refuses foreign tiers and product lines."""

STANDS = pgtrigger.Trigger(
    name="d_stands",
    when=pgtrigger.Before,
    operation=pgtrigger.Update | pgtrigger.Delete,
    func="""
        IF OLD.published_at IS NOT NULL AND (TG_OP = 'UPDATE' OR current_user = 'dnm_app') THEN
            RAISE EXCEPTION 'a published version does not change' USING ERRCODE = 'check_violation';
        END IF;
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    """,
)
"""What people have read stays what they have read. Only the owner of the tables takes a network away."""


class PublicationQuerySet(ScopedQuerySet["Publication"]):
    """Publications of the current network."""

    def visible_to(self, actor: Actor, capability: str) -> "PublicationQuerySet":
        """To read: what is published to the actor's kind, and what the actor manages, in any state.

        Nobody else learns of drafts, of what was withdrawn, or of what a rival tells its own downstream.
        """
        if str(capability) != ContentCapability.VIEW:
            return super().visible_to(actor, capability)
        terms = Q(state=PUBLISHED) & addressed_to(actor)
        for branch in Publication.scope_branches(actor, ContentCapability.MANAGE):
            terms |= branch.q
        return self.filter(terms)

    def addressed_to(self, actor: Actor) -> "PublicationQuerySet":
        """What the actor is one of the readers of, managing it or not."""
        return self.filter(addressed_to(actor), state=PUBLISHED)

    def noting_unread(self, actor: Actor) -> "PublicationQuerySet":
        """Each with `is_unread`: whether the actor is a reader and has not acknowledged it."""
        mine = Q(addressed_to(actor), state=PUBLISHED)
        return self.annotate(
            is_unread=models.Case(models.When(mine & ~Q(_seen_by(actor)), then=True), default=False)
        )

    def unread_by(self, actor: Actor) -> "PublicationQuerySet":
        """What is addressed to the actor, and not acknowledged by it."""
        return self.addressed_to(actor).filter(~Q(_seen_by(actor)))


def _seen_by(actor: Actor) -> Exists:
    """Asked row by row, by key."""
    mine = Acknowledgement.objects.filter(publication=OuterRef("pk"), membership=actor.membership_id)
    return Exists(mine.filter(version__number__gte=OuterRef("anew_from")))


class Publication(ScopedModel):
    """Something that the brand owner, or a distributor, tells those below it.

    `partner` is the owner, `territory` the owner's. `number` is the newest published version, 0 while there
    is none; an acknowledgement of version `anew_from` or a later one counts. `dated_at` is when it was last
    published, until then when it was drafted. The `for_…` columns are the audience; empty means everybody
    below the owner. While `notice` is set, readers are being told of that event, in the order of their ids,
    as far as `told_up_to`. `reminded` are the reminders that went out, in days after `dated_at`.
    """

    scope_own: ClassVar[frozenset[str]] = frozenset(map(str, OWN))
    workflow = PUBLICATION_FLOW
    view_capability = ContentCapability.VIEW

    partner = SameNetworkKey("partners.Partner", related_name="+", verbose_name=_("published by"))
    territory = SameNetworkKey("partners.Territory", related_name="+", verbose_name=_("territory"))
    kind = models.CharField(_("kind"), max_length=10, choices=PublicationKind.choices)
    title = models.CharField(_("title"), max_length=150)
    state = models.CharField(
        _("state"), max_length=10, choices=PublicationState.choices, default=PublicationState.DRAFT
    )
    state_changed_at = models.DateTimeField(_("since"))
    is_mandatory = models.BooleanField(_("must be acknowledged"), default=False)
    for_roles = ArrayField(models.CharField(max_length=24), verbose_name=_("roles"), default=list, blank=True)
    for_kinds = ArrayField(
        models.CharField(max_length=16), verbose_name=_("kinds of partners"), default=list, blank=True
    )
    for_tiers = ArrayField(models.BigIntegerField(), verbose_name=_("tiers"), default=list, blank=True)
    for_lines = ArrayField(models.IntegerField(), verbose_name=_("product lines"), default=list, blank=True)
    for_territory = SameNetworkKey(
        "partners.Territory", null=True, blank=True, related_name="+", verbose_name=_("within")
    )
    number = models.PositiveSmallIntegerField(_("version"), default=0)
    anew_from = models.PositiveSmallIntegerField(default=1)
    dated_at = models.DateTimeField(_("date"))
    created_by = SameNetworkKey("accounts.Membership", null=True, related_name="+", db_index=False)
    created_at = models.DateTimeField(_("created"))
    notice = SameNetworkKey("events.Event", null=True, related_name="+", db_index=False)
    told_up_to = models.BigIntegerField(default=0)
    reminded = ArrayField(models.PositiveSmallIntegerField(), default=list)

    objects: Any = PublicationQuerySet.as_manager()

    class Meta(NetworkModel.Meta):
        verbose_name = _("publication")
        verbose_name_plural = _("publications")
        constraints = [
            *NetworkModel.Meta.constraints,
            SameNetwork(fields=["partner"], name="partners_publication_partner_fk"),
            SameNetwork(fields=["territory"], name="partners_publication_territory_fk"),
            SameNetwork(fields=["for_territory"], name="partners_publication_for_territory_fk"),
            SameNetwork(fields=["created_by"], name="partners_publication_created_by_fk"),
            SameNetwork(fields=["notice"], name="partners_publication_notice_fk"),
            models.CheckConstraint(
                condition=Q(state=PublicationState.DRAFT, number=0)
                | (~Q(state=PublicationState.DRAFT) & Q(number__gte=1, anew_from__lte=F("number"))),
                name="partners_publication_has_a_version",
            ),
        ]
        indexes = [
            *level_indexes("partners_publication_new", "-dated_at", "-id"),
            models.Index(
                fields=["network", "partner", "-dated_at", "-id"],
                condition=Q(state=PUBLISHED),
                name="partners_publication_read",
            ),
            models.Index(
                fields=["network"], condition=Q(notice__isnull=False), name="partners_publication_notice"
            ),
        ]
        triggers = [
            LevelTrigger(anchors={"partner": "partner", "territory": "territory"}),
            StateGuard(PUBLICATION_FLOW),
            AUDIENCE,
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("partners:publication", args=[self.uid])

    @property
    def state_tone(self) -> str:
        return PUBLICATION_TONES[PublicationState(self.state)]

    @property
    def is_published(self) -> bool:
        return self.state == PUBLISHED


class PublicationVersionQuerySet(NetworkQuerySet["PublicationVersion"]):
    """Versions of the current network's publications."""

    def visible_to(self, actor: Actor, capability: str) -> "PublicationVersionQuerySet":
        """The published versions of what the actor reads, all of what it manages."""
        rows = Publication.objects.filter(pk=OuterRef("publication"))
        read = Q(published_at__isnull=False) & Q(Exists(rows.visible_to(actor, capability)))
        return self.filter(read | Q(Exists(rows.visible_to(actor, ContentCapability.MANAGE))))


class PublicationVersion(NetworkModel):
    """What a publication says at one time. Its file, if it has one, is a `StoredFile` about this row.

    Drafts change (`published_at` null, one of a publication at most), published versions never. `is_anew`
    says that who acknowledged an earlier version has to read this one.
    """

    publication = SameNetworkKey(
        "partners.Publication", related_name="versions", db_index=False, verbose_name=_("publication")
    )
    number = models.PositiveSmallIntegerField(_("version"))
    body = models.TextField(_("text"), blank=True)
    what_changed = models.CharField(_("what changed"), max_length=250, blank=True)
    is_anew = models.BooleanField(_("to be acknowledged anew"), default=True)
    published_at = models.DateTimeField(_("published"), null=True)
    published_by = SameNetworkKey("accounts.Membership", null=True, related_name="+", db_index=False)
    created_at = models.DateTimeField(_("written"))

    objects: Any = PublicationVersionQuerySet.as_manager()

    class Meta(NetworkModel.Meta):
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        constraints = [
            *NetworkModel.Meta.constraints,
            SameNetwork(fields=["publication"], name="partners_pubversion_publication_fk"),
            SameNetwork(fields=["published_by"], name="partners_pubversion_published_by_fk"),
            models.UniqueConstraint(
                fields=["network", "publication", "number"], name="partners_pubversion_number"
            ),
            models.UniqueConstraint(
                fields=["network", "publication"],
                condition=Q(published_at=None),
                name="partners_pubversion_one_draft",
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="partners_pubversion_counts_from_one"),
        ]
        triggers = [STANDS]

    def __str__(self) -> str:
        return str(_("Version {number}")).format(number=self.number)


class Acknowledgement(NetworkModel):
    """A member has read a version, and said so. Append-only."""

    publication = SameNetworkKey("partners.Publication", related_name="+", db_index=False)
    version = SameNetworkKey("partners.PublicationVersion", related_name="+", db_index=False)
    membership = SameNetworkKey("accounts.Membership", related_name="+", db_index=False)
    at = models.DateTimeField(_("at"))

    objects: Any = NetworkQuerySet.as_manager()

    class Meta(NetworkModel.Meta):
        verbose_name = _("acknowledgement")
        verbose_name_plural = _("acknowledgements")
        constraints = [
            *NetworkModel.Meta.constraints,
            SameNetwork(fields=["publication"], name="partners_acknowledgement_publication_fk"),
            SameNetwork(fields=["version"], name="partners_acknowledgement_version_fk"),
            SameNetwork(fields=["membership"], name="partners_acknowledgement_membership_fk"),
            models.UniqueConstraint(
                fields=["network", "membership", "version"], name="partners_acknowledgement_once"
            ),
            AppendOnly(name="partners_acknowledgement_append_only"),
        ]
        indexes = [
            models.Index(fields=["network", "publication", "membership"], name="partners_acknowledgement_of")
        ]

    def __str__(self) -> str:
        return str(self.at)
