"""One row of an imported file."""

from collections.abc import Sequence
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dnm.accounts.tenancy.constraints import SameNetwork
from dnm.accounts.tenancy.models import NetworkModel, NetworkQuerySet, SameNetworkKey
from dnm.imports.states import BAD_STATES, RowChange, RowState


class ImportRowQuerySet(NetworkQuerySet["ImportRow"]):
    """Rows of imports of the current network. Reached through an import that `visible_to` let pass."""

    def bad(self) -> "ImportRowQuerySet":
        """The rows that stand in the file of bad rows."""
        return self.filter(state__in=BAD_STATES)

    def overwrite(self, rows: "Sequence[ImportRow]", fields: Sequence[str]) -> None:
        """Write these fields of rows that are there, in one statement (`bulk_update` is ten times slower)."""
        self.bulk_create(
            rows, update_conflicts=True, unique_fields=["network", "run", "row_no"], update_fields=fields
        )

    def to_follow(self) -> "ImportRowQuerySet":
        """Applied, and what follows has not been started yet."""
        return self.filter(state=RowState.APPLIED, is_followed=False)

    def waiting(self) -> "ImportRowQuerySet":
        return self.filter(state=RowState.STAGED)


class ImportRow(NetworkModel):
    """A row as it came (`raw`, by header), as it was understood (`values`) and what became of it.

    `row_no` is the number that a spreadsheet program shows. `errors` and `warnings` are lists of {"field",
    "label", "expected", "got", "message"}. `changes` maps a column's label to [before, after]. `depth` orders
    rows that need others first. State and effect are written in one transaction: a row is never half applied.
    """

    run = SameNetworkKey("imports.ImportRun", on_delete=models.CASCADE, related_name="rows", db_index=False)
    row_no = models.PositiveIntegerField(_("row"))
    state = models.CharField(_("state"), max_length=8, choices=RowState.choices, default=RowState.STAGED)
    change = models.CharField(_("change"), max_length=10, choices=RowChange.choices, blank=True)
    key = models.CharField(_("key"), max_length=200, blank=True)
    depth = models.PositiveSmallIntegerField(default=0)
    raw = models.JSONField(_("cells"), default=dict, encoder=DjangoJSONEncoder)
    values = models.JSONField(_("values"), default=dict, encoder=DjangoJSONEncoder)
    errors = models.JSONField(_("errors"), default=list, encoder=DjangoJSONEncoder)
    warnings = models.JSONField(_("warnings"), default=list, encoder=DjangoJSONEncoder)
    changes = models.JSONField(_("changes"), default=dict, encoder=DjangoJSONEncoder)
    message = models.TextField(_("message"), blank=True)
    subject_uid = models.UUIDField(null=True)
    applied_at = models.DateTimeField(_("applied"), null=True)
    is_followed = models.BooleanField(default=False)
    """Whether what follows this row (an invitation, say) has been started."""

    objects: Any = ImportRowQuerySet.as_manager()

    class Meta(NetworkModel.Meta):
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of imports")
        constraints = [
            *NetworkModel.Meta.constraints,
            SameNetwork(fields=["run"], name="imports_importrow_run_fk"),
            models.UniqueConstraint(fields=["network", "run", "row_no"], name="imports_importrow_once"),
            models.UniqueConstraint(
                fields=["network", "run", "key"],
                condition=~Q(key="") & Q(state__in=[RowState.STAGED, RowState.APPLIED]),
                name="imports_importrow_key",
            ),
        ]
        indexes = [
            models.Index(
                fields=["network", "run", "state", "depth", "row_no"], name="imports_importrow_next"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}:{self.row_no}"
