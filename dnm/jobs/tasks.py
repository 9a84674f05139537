"""Background entry points of jobs, and beat's sign of life."""

from datetime import datetime

from django.core.cache import cache
from django.utils import timezone

from dnm.jobs.background import background_task, tick
from dnm.jobs.running import resume_left_behind, run_job

BEAT_KEY = "beat-seen"


@background_task(name="dnm.jobs.tasks.run", queue="bulk")
def run(*, network_id: int, job_id: int) -> None:
    """Run one job."""
    run_job(network_id, job_id)


@tick(name="dnm.jobs.tasks.resume", queue="clocks")
def resume(network_id: int, now: datetime) -> None:
    """Take up jobs whose worker died or whose hint was lost."""
    resume_left_behind(network_id)


@background_task(name="dnm.jobs.tasks.heartbeat", queue="clocks")
def heartbeat() -> None:
    """Show that beat ticks and a worker answers: `beat_age` reads it."""
    cache.set(BEAT_KEY, timezone.now(), timeout=None)


def beat_age() -> float | None:
    """Seconds since the last heartbeat came through; None when there was none."""
    seen = cache.get(BEAT_KEY)
    return (timezone.now() - seen).total_seconds() if seen else None
