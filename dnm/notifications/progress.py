"""Progress of jobs, told live to the member who waits for it."""

import time

from dnm.jobs.models import FINAL_STATES, Job
from dnm.notifications.live.publishing import Message, Value, send_now

PAUSE = 0.25
_last: dict[int, float] = {}


def tell_progress(job: Job) -> None:
    """Listener of `dnm.jobs`: a `job` event, at most a few a second for each job; its end always."""
    now = time.monotonic()
    if job.state in FINAL_STATES:
        _last.pop(job.pk, None)
    elif now - _last.get(job.pk, 0.0) < PAUSE:
        return
    else:
        _last[job.pk] = now
    data: dict[str, Value] = {
        "id": str(job.uid),
        "state": str(job.state),
        "done": job.done,
        "total": job.total,
    }
    send_now([Message(network_id=job.network_id, membership_id=job.membership_id, event="job", data=data)])
