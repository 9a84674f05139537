"""One's own jobs and notifications, and nobody else's."""

from collections.abc import Callable

from django.utils import timezone

from dnm.accounts.tenancy import network_context
from dnm.jobs.models import Job
from tests.api.calling import Caller, assert_problem
from tests.notifications.offers import told_of_offer
from tests.world import Net

Call = Callable[[str], Caller]


def job_of(net: Net, name: str) -> Job:
    with network_context(net.network):
        return Job.objects.create(
            membership=net.members[name],
            kind="test",
            title=f"{name} job",
            done=1,
            total=3,
            created_at=timezone.now(),
        )


def test_jobs_are_ones_own(caller: Call, voltara: Net) -> None:
    mine, other = job_of(voltara, "sales_a"), job_of(voltara, "administrator")
    sales = caller("sales_a")
    [row] = sales.get("jobs/").json()["results"]
    assert (row["id"], row["percent"], row["state"]) == (str(mine.uid), 33, "queued")
    assert_problem(sales.get(f"jobs/{other.uid}/"), 404, "not-found")
    assert_problem(sales.post(f"jobs/{other.uid}/cancel/"), 404, "not-found")
    assert sales.post(f"jobs/{mine.uid}/cancel/").json()["state"] == "cancelled"
    assert_problem(sales.post(f"jobs/{mine.uid}/cancel/"), 409, "job-over")


def test_notifications_are_ones_own_and_can_be_read(caller: Call, voltara: Net) -> None:
    told = told_of_offer(voltara, "sales_a")
    told_of_offer(voltara, "sales_a", postal_code="NA1")
    sales = caller("sales_a")
    rows = sales.get("notifications/").json()["results"]
    assert [row["read_at"] for row in rows] == [None, None]
    assert rows[1]["id"] == str(told.uid)
    assert "pumps" in rows[1]["title"]
    detail = sales.get(f"notifications/{told.uid}/").json()
    assert detail["address"].startswith(f"http://{voltara.host}/offers/")
    assert_problem(caller("sales_b").get(f"notifications/{told.uid}/"), 404, "not-found")
    assert_problem(caller("sales_b").post(f"notifications/{told.uid}/read/"), 404, "not-found")
    first = sales.post(f"notifications/{told.uid}/read/").json()["read_at"]
    assert first is not None
    assert sales.post(f"notifications/{told.uid}/read/").json()["read_at"] == first
    assert [row["id"] for row in sales.get("notifications/", unread="true").json()["results"]] == [
        rows[0]["id"]
    ]
    assert sales.post("notifications/read-all/", {"up_to": str(told.uid)}).json() == {"marked": 0}
    assert sales.post("notifications/read-all/").json() == {"marked": 1}
    assert sales.get("notifications/", unread="true").json()["results"] == []
