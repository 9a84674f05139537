"""What a login page tells of addresses: nothing."""

import re
import statistics
import time

from django.core import mail
from django.core.cache import cache
from django.test import Client

from tests.login.people import post
from tests.world import Net

VARYING = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]*"|[\w.+-]+@[\w.-]+')


OWN = {"X-Request-ID", "Expires", "Content-Length"}
"""What differs from request to request, or with the length of the address that the page repeats."""


def said(answer: object) -> tuple[object, ...]:
    body = VARYING.sub(b"", answer.content)  # type: ignore[attr-defined]
    headers = {name: value for name, value in answer.items() if name not in OWN}  # type: ignore[attr-defined]
    return answer.status_code, sorted(headers.items()), body  # type: ignore[attr-defined]


def test_a_wrong_password_and_an_unknown_address_get_the_same_bytes(voltara: Net, nordwerk: Net) -> None:
    answers = []
    for email in ("sales_a@voltara.example", "sales_a@nordwerk.example", "nobody@at-all.example"):
        data = {"login": email, "password": "a wrong pass phrase"}
        answers.append(said(post(Client(), voltara, "/accounts/login/", data)))
    assert answers[0] == answers[1] == answers[2]


def test_a_code_is_promised_to_every_address(voltara: Net) -> None:
    answers = []
    for email in ("sales_a@voltara.example", "nobody@at-all.example"):
        client = Client()
        first = said(post(client, voltara, "/accounts/login/code/", {"email": email}))
        page = client.get("/accounts/login/code/confirm/", headers={"host": voltara.host})
        answers.append((first, said(page)))
    assert answers[0] == answers[1]
    assert len(mail.outbox) == 2, "one with a code, one that says that there is no login"


def test_a_password_reset_is_promised_to_every_address(voltara: Net) -> None:
    answers = [
        said(post(Client(), voltara, "/accounts/password/reset/", {"email": email}))
        for email in ("sales_a@voltara.example", "nobody@at-all.example")
    ]
    assert answers[0] == answers[1]


def test_the_time_to_refuse_tells_nothing(voltara: Net, settings: object) -> None:
    """With the hash of production, slow enough to be heard if it were left out for unknown addresses."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]  # type: ignore[attr-defined]
    user = voltara.members["sales_a"].user
    user.set_password("some pass phrase of mine")
    user.save()
    took: dict[str, list[float]] = {}
    for _round in range(4):
        for email in (user.email, "nobody@at-all.example"):
            cache.clear()
            began = time.perf_counter()
            post(Client(), voltara, "/accounts/login/", {"login": email, "password": "a wrong pass phrase"})
            took.setdefault(email, []).append(time.perf_counter() - began)
    known, unknown = (min(times) for times in took.values())
    assert 0.4 < known / unknown < 2.5, {name: statistics.median(times) for name, times in took.items()}


def test_guessing_is_slowed_down(voltara: Net) -> None:
    cache.clear()
    client = Client()
    texts = [
        post(
            client,
            voltara,
            "/accounts/login/",
            {"login": "sales_a@voltara.example", "password": f"guess {n}"},
        ).content.decode()
        for n in range(7)
    ]
    cache.clear()
    assert "Too many failed login attempts" not in texts[0]
    assert "Too many failed login attempts" in texts[-1]
