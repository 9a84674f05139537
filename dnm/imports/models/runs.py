"""One import of one file."""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from dnm.accounts.actors import Actor, Grant
from dnm.accounts.tenancy.constraints import SameNetwork
from dnm.accounts.tenancy.models import NetworkModel, SameNetworkKey
from dnm.imports.declaring import Importer, importer_named, importers
from dnm.imports.states import RUN_FLOW, RunState
from dnm.scoping.branches import Branch, grants_with
from dnm.scoping.querysets import ScopedQuerySet
from dnm.workflow.triggers import StateGuard


def source_path(run: "ImportRun", filename: str) -> str:
    """Files lie apart by network and never under a name that a stranger chose."""
    return f"networks/{run.network_id}/imports/{run.uid}/source"


def errors_path(run: "ImportRun", filename: str) -> str:
    return f"networks/{run.network_id}/imports/{run.uid}/errors-{filename}"


class ImportRun(NetworkModel):
    """A file on its way into the network, with everything that was decided about it.

    `choices` say how the file is read (sheet, encoding, delimiter, header row), `profile` what it holds.
    `mapping` maps a column's name to {"column": header} or {"fixed": value}; `words` maps a column's name to
    what the file's words mean; `options` are the importer's own. Texts of errors are written in `language`.
    `outlook` tells what will follow; `follow_ups` are the uids of the jobs that were started for it.

    Seen by its owner and by those who hold the importer's capability for the whole network, while they do.
    """

    scope_line_term: ClassVar[str | None] = None
    workflow = RUN_FLOW

    membership = SameNetworkKey("accounts.Membership", related_name="+", verbose_name=_("started by"))
    importer = models.CharField(_("importer"), max_length=60)
    state = models.CharField(_("state"), max_length=10, choices=RunState.choices, default=RunState.UPLOADED)
    state_changed_at = models.DateTimeField(_("since"), null=True, editable=False)
    created_at = models.DateTimeField(_("uploaded"))
    language = models.CharField(max_length=10)

    file = models.FileField(_("file"), upload_to=source_path)
    file_name = models.CharField(_("file name"), max_length=200)
    file_kind = models.CharField(_("kind of file"), max_length=8)
    sha256 = models.CharField(max_length=64, editable=False)
    size = models.PositiveIntegerField(_("size in bytes"))

    choices = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    profile = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    mapping = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    words = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    options = models.JSONField(default=dict, encoder=DjangoJSONEncoder)

    total = models.PositiveIntegerField(_("rows"), default=0)
    counts = models.JSONField(default=dict)
    job = SameNetworkKey("jobs.Job", null=True, related_name="+", verbose_name=_("job"))
    stop_requested = models.BooleanField(default=False)
    outlook = models.TextField(_("what will follow"), blank=True)
    follow_ups = ArrayField(models.UUIDField(), default=list, blank=True, editable=False)
    message = models.TextField(_("message"), blank=True)
    errors_file = models.FileField(_("file of bad rows"), upload_to=errors_path, blank=True)

    objects: Any = ScopedQuerySet.as_manager()

    class Meta(NetworkModel.Meta):
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        constraints = [
            *NetworkModel.Meta.constraints,
            SameNetwork(fields=["membership"], name="imports_importrun_membership_fk"),
            SameNetwork(fields=["job"], name="imports_importrun_job_fk"),
        ]
        indexes = [
            models.Index(fields=["network", "-created_at", "-id"], name="imports_importrun_newest"),
            models.Index(fields=["network", "importer", "sha256"], name="imports_importrun_file"),
        ]
        triggers = [StateGuard(RUN_FLOW)]

    def __str__(self) -> str:
        return self.file_name

    @classmethod
    def scope_branches(cls, actor: Actor, capability: str) -> tuple[Branch, ...]:
        """Imports of importers that the actor may use: all of them with a grant at the root, else its own."""
        found = []
        for importer in importers():
            grants = grants_with(actor, importer.capability)
            if not grants:
                continue
            terms: tuple[tuple[str, Any], ...] = (("importer", importer.name),)
            if not any(map(_is_network_wide, grants)):
                terms = (*terms, ("membership_id", actor.membership_id))
            found.append(Branch(terms))
        return tuple(found)

    def get_absolute_url(self) -> str:
        return reverse("imports:detail", args=[self.uid])

    @property
    def title(self) -> Any:
        """What is imported, in the importer's words."""
        known = {importer.name: importer.title for importer in importers()}
        return known.get(self.importer, self.importer)

    @property
    def state_tone(self) -> str:
        """The colour of its badge: amber when it waits for a person or left bad rows behind."""
        waits = self.state in {RunState.UPLOADED, RunState.CHECKED}
        if waits or (self.state == RunState.DONE and self.counts.get("bad")):
            return "warn"
        return {RunState.DONE: "good", RunState.FAILED: "bad", RunState.CANCELLED: "neutral"}.get(
            RunState(self.state), "info"
        )

    @property
    def declared(self) -> Importer:
        """The importer's declaration. Raises `KeyError` when the code no longer has it."""
        return importer_named(self.importer)

    @property
    def headers(self) -> list[str]:
        return [column["header"] for column in self.profile.get("columns", [])]


def _is_network_wide(grant: Grant) -> bool:
    return grant.level == 1 and grant.within is None and grant.lines is None
