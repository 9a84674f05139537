"""Comments on records of any kind, for both sides or for the network's own people."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from dnm.accounts.actors import Actor
from dnm.accounts.tenancy.constraints import AppendOnly, SameNetwork
from dnm.accounts.tenancy.models import NetworkModel, NetworkQuerySet, SameNetworkKey
from dnm.scoping.branches import grants_with
from partners.models.partners import Partner
from partners.permissions.comments import CommentCapability

VIEW, INTERNAL = CommentCapability.VIEW, CommentCapability.VIEW_INTERNAL


def _nobody(_row: Any) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Commentable:
    """A model whose rows may be commented on.

    `key` names it in addresses; `view` is what opens the row. The model's `scope_own` holds the comments'
    `OWN`, so that upstream does not read along. `hidden_name` is a name that no comment may carry (the
    prospect's, of a lead).
    """

    model: type[models.Model]
    key: str
    view: str
    hidden_name: Callable[[Any], str] = _nobody

    def comments_seen_by(self, actor: Actor) -> Q:
        """The terms over comments on such rows that the actor may read."""
        here = Q(subject_type=ContentType.objects.get_for_model(self.model))
        here &= Q(_in_sight(self.model, actor, self.view, "subject_id"))
        seen = Q(pk__in=[])
        if grants_with(actor, INTERNAL):
            seen |= Q(_in_sight(self.model, actor, INTERNAL, "subject_id"))
        mine = Q(_in_sight(Partner, actor, VIEW, "partner_id"))
        seen |= Q(is_internal=False) & mine & Q(_in_sight(self.model, actor, VIEW, "subject_id"))
        return here & seen


def _in_sight(model: Any, actor: Actor, capability: str, key: str) -> Exists:
    """Asked row by row, by key: a list of all rows in sight would be made anew for each question."""
    return Exists(model.objects.visible_to(actor, capability).filter(pk=OuterRef(key)))


_KINDS: dict[type[models.Model], Commentable] = {}
_LISTENERS: list[Callable[[Commentable], None]] = []


def register_commentable(kind: Commentable) -> None:
    """Let rows of a model be commented on."""
    _KINDS[kind.model] = kind
    for listener in _LISTENERS:
        listener(kind)


def on_commentable(listener: Callable[[Commentable], None]) -> None:
    """Hear of every model that may be commented on, those already declared and those to come."""
    _LISTENERS.append(listener)
    for kind in list(_KINDS.values()):
        listener(kind)


def commentable(model: type[models.Model]) -> Commentable:
    """The declaration of a model. Raises KeyError for one that nobody declared."""
    return _KINDS[model]


def commentable_named(key: str) -> Commentable | None:
    """The declaration by the name in addresses."""
    return next((kind for kind in _KINDS.values() if kind.key == key), None)


def commentables() -> list[Commentable]:
    """Every declaration."""
    return list(_KINDS.values())


class CommentQuerySet(NetworkQuerySet["Comment"]):
    """Comments of the current network."""

    def visible_to(self, actor: Actor, capability: str = "") -> "CommentQuerySet":
        """The network's people: every comment on records in their sight. A partner's people: the shared ones
        on their own partner's records, written while those were theirs.
        """
        terms = Q(pk__in=[])
        for kind in _KINDS.values():
            if grants_with(actor, kind.view) and grants_with(actor, VIEW):
                terms |= kind.comments_seen_by(actor)
        return self.filter(terms)

    def about(self, row: models.Model) -> "CommentQuerySet":
        """The comments on one row, newest first."""
        kind = ContentType.objects.get_for_model(row)
        return self.filter(subject_type=kind, subject_id=row.pk).order_by("-id")


class Comment(NetworkModel):
    """What somebody said about a record, named as (content type, id). Never changed.

    `partner` is the partner that the record belonged to then: a later owner does not read what was shared
    with an earlier one. `by_staff` tells on which side the author stood.
    """

    subject_type = models.ForeignKey(
        "contenttypes.ContentType", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    subject_id = models.BigIntegerField()
    partner = SameNetworkKey("partners.Partner", null=True, related_name="+", db_index=False)
    is_internal = models.BooleanField(_("internal"))
    by_staff = models.BooleanField(_("by the network"))
    text = models.TextField(_("comment"), blank=True)
    author = SameNetworkKey("accounts.Membership", null=True, related_name="+", db_index=False)
    author_name = models.CharField(_("by"), max_length=150)
    created_at = models.DateTimeField(_("written"))

    objects: Any = CommentQuerySet.as_manager()

    class Meta(NetworkModel.Meta):
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        constraints = [
            *NetworkModel.Meta.constraints,
            SameNetwork(fields=["partner"], name="partners_comment_partner_fk"),
            SameNetwork(fields=["author"], name="partners_comment_author_fk"),
            AppendOnly(name="partners_comment_append_only"),
            models.CheckConstraint(
                condition=Q(is_internal=True) | Q(partner__isnull=False), name="partners_comment_shared_with"
            ),
            models.CheckConstraint(
                condition=Q(by_staff=True) | Q(is_internal=False), name="partners_comment_internal_by_staff"
            ),
        ]
        indexes = [
            models.Index(
                fields=["network", "subject_type", "subject_id", "-id"], name="partners_comment_subject"
            ),
            models.Index(fields=["network", "-created_at", "-id"], name="partners_comment_newest"),
        ]

    def __str__(self) -> str:
        return self.text[:60]

    def get_absolute_url(self) -> str:
        """Leads on to where it stands, on the page of its record."""
        return reverse("partners:comment", args=[self.uid])

    @property
    def about(self) -> str:
        """The kind of record, as addresses name it. Reads `subject_type`: select it with the row."""
        return str(commentable(self.subject_type.model_class()).key)  # type: ignore[arg-type]
