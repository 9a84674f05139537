"""Opening the administration as a member or as an operator would."""

from typing import Any

from django.conf import settings
from django.test import Client

from dnm.accounts.models import User
from tests.signing_in import session_of, sign_in
from tests.world import Net

ADMIN_HOST = "admin.localhost"


class Visitor:
    """A client that stays on one host."""

    def __init__(self, host: str) -> None:
        self.client = Client(raise_request_exception=False)
        self.host = host

    def get(self, path: str, data: Any = None) -> Any:
        return self.client.get(path, data, headers={"host": self.host})

    def post(self, path: str, data: Any = None) -> Any:
        return self.client.post(path, data, headers={"host": self.host})

    def text(self, path: str, data: Any = None, status: int = 200) -> str:
        """The page; fails on another status."""
        answer = self.get(path, data)
        assert answer.status_code == status, (path, answer.status_code, answer.content.decode()[:300])
        return str(answer.content.decode())

    def act(self, path: str, action: str, *rows: Any, **values: Any) -> Any:
        """Do an action of a list to rows; with values, as from the page that asks for them."""
        ticked = [str(row.uid) for row in rows]
        sent = {"action": action, "index": "0", "_selected_action": ticked, **values}
        return self.post(path, sent)


def visit(net: Net, name: str) -> Visitor:
    """A member, signed in on the network's host."""
    visitor = Visitor(net.host)
    sign_in(visitor.client, net, name)
    return visitor


def operator(email: str = "operator@platform.example") -> Visitor:
    """A platform operator, signed in on the operators' host."""
    user = User.objects.filter(email=email).first() or User.objects.create_user(
        email=email, name="Platform Operator", is_operator=True
    )
    visitor = Visitor(ADMIN_HOST)
    visitor.client.cookies[settings.SESSION_COOKIE_NAME] = session_of(user, None)
    return visitor


def row_path(row: Any) -> str:
    """The address of a row's page."""
    return f"/admin/{row._meta.app_label}/{row._meta.model_name}/{row.uid}/change/"


def list_path(model: Any) -> str:
    """The address of a list."""
    return f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
