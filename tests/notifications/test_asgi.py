"""The demo's one port: pages beside streams in one process, and a stop that does not hang."""

import http.client
import socket
import time
from pathlib import Path

from dnm.accounts.tenancy import network_context
from leads.models import Lead
from tests.notifications.conftest import Address, free_port, start_server
from tests.notifications.stream import EventStream
from tests.notifications.trio import Trio
from tests.world import build_world


def ask(address: Address, method: str, path: str, host: str, **kwargs: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(address[0], address[1], timeout=20)
    body = kwargs.pop("body", None)
    headers = {key.replace("_", "-"): value for key, value in kwargs.items()}
    headers["Host"] = f"{host}:{address[1]}"
    connection.request(method, path, body=body, headers=headers)
    answer = connection.getresponse()
    found = answer.status, answer.read()
    connection.close()
    return found


def test_pages_and_bodies_pass_through(transactional_db: None, live_address: Address) -> None:
    net = build_world()[0]
    status, page = ask(live_address, "GET", "/accounts/login/", net.host)
    assert status == 200
    assert b"<h1" in page
    text = '{"name":"P","phone":"+91 98765 43210","postal_code":"NA1","message":"%s","consent":true}'
    status, answer = ask(
        live_address,
        "POST",
        "/api/v1/leads/",
        net.host,
        body=text % ("x" * 900),
        Content_Type="application/json",
        Authorization=f"Bearer {net.secrets['administrator']}",
        Idempotency_Key="k1",
    )
    assert status == 201, answer
    with network_context(net.network):
        assert Lead.objects.get().message == "x" * 900


def test_clients_that_leave_in_the_middle_hold_no_thread(trio: Trio, live_address: Address) -> None:
    request = f"GET /static/css/portal.css HTTP/1.1\r\nHost: {trio.dealer.host}\r\n\r\n".encode()
    for _ in range(20):
        with socket.create_connection(live_address, timeout=5) as rude:
            rude.sendall(request)
            rude.recv(10)
    began = time.monotonic()
    assert ask(live_address, "GET", "/accounts/login/", trio.dealer.host)[0] == 200
    assert time.monotonic() - began < 5


def test_a_stop_does_not_wait_for_streams(transactional_db: None, tmp_path: Path, trio: Trio) -> None:
    port = free_port()
    server = start_server(port, tmp_path / "log")
    stream = EventStream(("127.0.0.1", port), host=trio.dealer.host, session=trio.dealer.session).ready()
    assert stream.status == 200
    began = time.monotonic()
    server.terminate()
    assert server.wait(timeout=10) == 0
    assert time.monotonic() - began < 5
    assert stream.next() is None
    stream.close()
