"""Publications for tests."""

from typing import Any

from dnm.accounts.tenancy import network_context
from partners.domain.content.publishing import create_publication, publish_publication
from partners.models import Publication
from tests.world import NOW, Net


def drafted(net: Net, *, by: str = "administrator", owner: str = "brand", **values: Any) -> Publication:
    """A draft of the network's, for everybody unless said otherwise."""
    values = {"title": f"{net.network.name} prices of spring", **values}
    with network_context(net.network):
        return create_publication(
            owner=net.partners[owner],
            kind=values.pop("kind", "news"),
            body=values.pop("body", "Read the *new* list."),
            file=values.pop("file", None),
            at=values.pop("at", NOW),
            values=values,
            actor=net.actor(by),
        )


def published(net: Net, *, by: str = "administrator", **values: Any) -> Publication:
    """The same, out."""
    at = values.get("at", NOW)
    row = drafted(net, by=by, **values)
    with network_context(net.network):
        return publish_publication(publication=row, actor=net.actor(by), at=at)
