"""How many rows stand where."""

from django.db.models import Count, Q

from dnm.imports.models import ImportRow, ImportRun
from dnm.imports.states import BAD_STATES, RowChange, RowState


def count_rows(run: ImportRun) -> dict[str, int]:
    """Rows by state, by change, with warnings, and in all; `bad` stand in the file of bad rows."""
    by = {state: Count("pk", filter=Q(state=state)) for state in RowState.values}
    by |= {
        change: Count("pk", filter=Q(change=change) & ~Q(state__in=BAD_STATES)) for change in RowChange.values
    }
    counts: dict[str, int] = ImportRow.objects.filter(run=run).aggregate(
        **by,
        bad=Count("pk", filter=Q(state__in=BAD_STATES)),
        warned=Count("pk", filter=~Q(warnings=[])),
        rows=Count("pk"),
    )
    return counts
