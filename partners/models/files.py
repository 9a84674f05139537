"""Uploaded files: what they are and about what, with the content in a folder that no web server serves."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.files.storage import FileSystemStorage
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from dnm.accounts.actors import Actor
from dnm.accounts.tenancy.constraints import SameNetwork
from dnm.accounts.tenancy.models import NetworkModel, NetworkQuerySet, SameNetworkKey
from dnm.scoping.branches import grants_with


class FileRoom(FileSystemStorage):
    """The folder `DNM_FILES`. It has no address: the one way to a content is the view that checks scope."""

    def __init__(self) -> None:
        super().__init__(file_permissions_mode=0o640, directory_permissions_mode=0o750)

    @property
    def base_location(self) -> str:  # type: ignore[override]
        return str(settings.FILES_ROOT)

    @property
    def location(self) -> str:  # type: ignore[override]
        return str(Path(settings.FILES_ROOT).absolute())

    def url(self, name: str | None) -> str:
        raise ValueError("files are served by the scoped view alone")

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return "partners.models.files.FileRoom", [], {}


def place_of(file: "StoredFile", filename: str) -> str:
    """Apart by network, and never under a name that a stranger chose."""
    return f"networks/{file.network_id}/{file.uid.hex[-2:]}/{file.uid}"


@dataclass(frozen=True, slots=True)
class Subject:
    """A model whose rows have files: who sees the row with `view` sees them, internal ones with `internal`
    only ("" when it has none).
    """

    model: type[models.Model]
    view: str
    internal: str = ""

    def files_seen_by(self, actor: Actor) -> Q:
        """The terms over files of such rows that the actor may see."""
        kind = ContentType.objects.get_for_model(self.model)
        seen = Q(self._row_in_sight(actor, self.view))
        if self.internal:
            seen &= Q(is_internal=False) | Q(self._row_in_sight(actor, self.internal))
        return Q(subject_type=kind) & seen

    def _row_in_sight(self, actor: Actor, capability: str) -> Exists:
        """Asked row by row, by key: a list of all rows in sight would be made anew for each file."""
        rows: Any = self.model
        return Exists(rows.objects.visible_to(actor, capability).filter(pk=OuterRef("subject_id")))


_SUBJECTS: dict[type[models.Model], Subject] = {}


def register_file_subject(subject: Subject) -> None:
    """Let rows of a model have files. The model's own `visible_to` decides who gets them."""
    _SUBJECTS[subject.model] = subject


def has_files(row: models.Model) -> bool:
    """Whether rows of this kind may have files."""
    return type(row) in _SUBJECTS


class StoredFileQuerySet(NetworkQuerySet["StoredFile"]):
    """Files of the current network."""

    def visible_to(self, actor: Actor, capability: str = "") -> "StoredFileQuerySet":
        """The files of rows that the actor may see, each kind of row by its own capability.

        The one question that pages, the API, links and exports ask before a content leaves the house.
        """
        terms = Q(pk__in=[])
        for subject in _SUBJECTS.values():
            if grants_with(actor, subject.view):
                terms |= subject.files_seen_by(actor)
        return self.filter(terms, removed_at=None)

    def about(self, row: models.Model) -> "StoredFileQuerySet":
        """The files of one row, newest first."""
        kind = ContentType.objects.get_for_model(row)
        return self.filter(subject_type=kind, subject_id=row.pk, removed_at=None).order_by("-id")


class StoredFile(NetworkModel):
    """A file about a row of the network, named as (content type, id). The content never changes.

    `name` is what people call it, cleaned; `media_type` was told from the content, not from the name.
    `partner` is the partner that the row belonged to when the file came.
    """

    subject_type = models.ForeignKey(
        "contenttypes.ContentType", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    subject_id = models.BigIntegerField()
    partner = SameNetworkKey("partners.Partner", null=True, related_name="+", db_index=False)
    name = models.CharField(_("name"), max_length=120)
    media_type = models.CharField(_("type"), max_length=60)
    size = models.PositiveIntegerField(_("size in bytes"))
    sha256 = models.CharField(max_length=64, editable=False)
    content = models.FileField(_("content"), upload_to=place_of, storage=FileRoom())
    is_internal = models.BooleanField(_("internal"), default=False)
    uploaded_by = SameNetworkKey("accounts.Membership", null=True, related_name="+", db_index=False)
    created_at = models.DateTimeField(_("added"))
    removed_at = models.DateTimeField(_("removed"), null=True, editable=False)

    objects: Any = StoredFileQuerySet.as_manager()

    class Meta(NetworkModel.Meta):
        verbose_name = _("file")
        verbose_name_plural = _("files")
        constraints = [
            *NetworkModel.Meta.constraints,
            SameNetwork(fields=["partner"], name="partners_storedfile_partner_fk"),
            SameNetwork(fields=["uploaded_by"], name="partners_storedfile_uploader_fk"),
        ]
        indexes = [
            models.Index(
                fields=["network", "subject_type", "subject_id", "-id"],
                condition=Q(removed_at=None),
                name="partners_storedfile_subject",
            ),
            models.Index(fields=["network", "partner", "-id"], name="partners_storedfile_partner"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("partners:file", args=[self.uid])

    @property
    def is_image(self) -> bool:
        return self.media_type.startswith("image/")
