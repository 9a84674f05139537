"""The same request many times at once, over HTTP, to a web of several processes."""

import http.client
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from dnm.accounts.tenancy import network_context
from leads.models import Lead
from tests.api.calling import ENQUIRY
from tests.background import Background
from tests.world import Net

AT_ONCE = 16


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    replayed: bool

    @property
    def code(self) -> str:
        return str(json.loads(self.body).get("code", ""))


def post(net: Net, port: int, key: str) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {
        "Host": net.host,
        "Authorization": f"Bearer {net.secrets['administrator']}",
        "Content-Type": "application/json",
        "Idempotency-Key": key,
    }
    connection.request("POST", "/api/v1/leads/", json.dumps(ENQUIRY), headers)
    answer = connection.getresponse()
    found = Answer(answer.status, answer.read(), answer.headers.get("Idempotency-Replayed") == "true")
    connection.close()
    return found


def test_the_same_key_at_once_makes_one_lead(
    background: Background, committed_world: tuple[Net, Net]
) -> None:
    net = committed_world[0]
    port = background.web(workers=2)
    for turn in range(3):
        with ThreadPoolExecutor(AT_ONCE) as pool:
            answers = list(pool.map(lambda _n, key=f"key-{turn}": post(net, port, key), range(AT_ONCE)))
        made = [answer for answer in answers if answer.status == 201]
        assert len({answer.body for answer in made}) == 1, answers
        assert [answer.replayed for answer in made].count(False) == 1
        refused = {(answer.status, answer.code) for answer in answers if answer not in made}
        assert refused <= {(409, "idempotency-in-progress")}
        again = post(net, port, f"key-{turn}")
        assert (again.status, again.body, again.replayed) == (201, made[0].body, True)
        with network_context(net.network):
            assert Lead.objects.count() == turn + 1
