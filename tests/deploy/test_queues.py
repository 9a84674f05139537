"""Every periodic task exists, and whatever can be queued has a worker: in Compose and in the demo."""

from typing import Any

import pytest
from django.conf import settings

from dnm.celery import QUEUES, app
from dnm.demo.supervisor import Demo
from dnm.events.receivers import _BY_NAME as RECEIVERS
from dnm.jobs.running import _HANDLERS as HANDLERS
from tests.deploy.compose import command, option, services

app.loader.import_default_modules()
SCHEDULE = settings.CELERY_BEAT_SCHEDULE
TASKS = sorted(name for name in app.tasks if not name.startswith(("celery.", "tests.")))
URGENT = 30
"""Seconds: a tick that comes at least this often must not wait behind other work."""
SLOW = {"dnm.notifications.tasks.send_mails", "partners.tasks.mail_invitations"}
"""They wait for mail servers, so they have a queue of their own kind."""


def in_compose() -> set[str]:
    workers = [service for name, service in services().items() if name.startswith("worker-")]
    return {queue for service in workers for queue in option(command(service), "--queues").split(",")}


def in_the_demo() -> set[str]:
    words = Demo(8000)._commands()["worker"]
    named = [word for word in words if word.startswith(("-Q", "--queues"))]
    return set(option(words, named[0]).split(",")) if named else set(app.amqp.queues.consume_from)


def queue_of(name: str, **options: Any) -> str:
    """Where Celery sends the task, with what the task itself and the routes say."""
    task = app.tasks[name]
    routed = app.amqp.router.route({**task._get_exec_options(), **options}, name)
    return str(routed["queue"].name)


@pytest.mark.parametrize("entry", SCHEDULE.values(), ids=SCHEDULE)
def test_every_entry_of_the_schedule_is_a_task_that_does_not_pile_up(entry: dict[str, Any]) -> None:
    assert entry["task"] in app.tasks
    assert 0 < entry["options"]["expires"] <= entry["schedule"]
    assert queue_of(entry["task"], **entry["options"]) in QUEUES


@pytest.mark.parametrize(
    "entry", [entry for entry in SCHEDULE.values() if entry["schedule"] <= URGENT], ids=lambda e: e["task"]
)
def test_urgent_ticks_share_no_queue_with_deliveries(entry: dict[str, Any]) -> None:
    expected = "mail" if entry["task"] in SLOW else "clocks"
    assert queue_of(entry["task"], **entry["options"]) == expected


def test_only_ticks_are_on_the_clocks_queue() -> None:
    ticks = {entry["task"] for entry in SCHEDULE.values()}
    assert {name for name in TASKS if queue_of(name) == "clocks"} <= ticks
    assert "clocks" not in {receiver.queue for receiver in RECEIVERS.values()}
    assert "clocks" not in {queue for _handler, queue in HANDLERS.values()}


@pytest.mark.parametrize("served", [in_compose, in_the_demo])
def test_whatever_can_be_queued_has_a_worker(served: Any) -> None:
    assert len(TASKS) >= len(SCHEDULE)
    assert len(RECEIVERS) > 3
    used = {name: queue_of(name) for name in TASKS}
    used |= {name: receiver.queue for name, receiver in RECEIVERS.items()}
    used |= {kind: queue for kind, (_handler, queue) in HANDLERS.items()}
    assert {name: queue for name, queue in used.items() if queue not in served()} == {}
    assert served() == set(QUEUES)
