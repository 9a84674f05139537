"""Figures declared once: the registry of metrics, and the one rollup that every page and export reads.

Apps declare their metrics in `metrics.py`; `rolling` fills the table of figures by day and place,
incrementally and repeatably; `reading` adds them up within an actor's scope. Leans on jobs, events and
scoping."""
