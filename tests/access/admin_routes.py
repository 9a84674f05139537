"""Rows of the table: the network's administration. Who enters, whose rows each list shows, who changes what.

Verbs on rows have tests of their own (tests/admin/test_actions).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from dnm.accounts.models import IdentityProvider
from dnm.accounts.sealing import seal
from dnm.accounts.tenancy import network_context
from dnm.events.models import Delivery, Event
from leads.models import RoutingPolicy
from partners.domain.login import policy_row
from partners.models import (
    BankAccount,
    BusinessCalendar,
    ChecklistTemplate,
    PartnerHolding,
    PostalArea,
    Question,
    TerritoryHolding,
    TierBenefit,
    TierCriterion,
    Track,
)
from partners.models import Stage as TrackStage
from tests.access import expected as who
from tests.access.expected import DESK, EVERYWHERE, ZONE_OF
from tests.access.lead_routes import sees_offer
from tests.access.organisation_routes import authorisations, sees_authorisation
from tests.access.partner_routes import members, sees_member
from tests.access.routes import (
    ANY,
    Expect,
    Route,
    Thing,
    Things,
    always,
    get,
    lines,
    of_rows,
    offers,
    page,
    partners,
    post,
    scenes,
    territories,
    those,
)
from tests.access.stage import Stage

ADMINISTRATOR = frozenset({"administrator"})
ENTER = frozenset({"administrator", "auditor", "zone_north", "zone_south"})
WHOLE = frozenset({"administrator", "auditor"})
"""Those of them who hold their role over the whole network: settings and the log concern everybody."""
FEW = 3
"""Of rows that are all alike to everybody, the first few are asked for."""

Sees = Callable[[str, Any], bool]


def everybody(_person: str, _known: Any) -> bool:
    return True


def has_section(viewers: frozenset[str]) -> Expect:
    """The menu of an app: 403 outside, 404 where no list of the app is open."""
    return lambda person, _known: 403 if person not in ENTER else 200 if person in viewers else 404


def nobody(_person: str, _known: Any) -> bool:
    return False


def rows_of(model: Any, known: Callable[[Any], Any] = str, **values: Any) -> Things:
    """The first few rows of a model in the stage's network."""

    def things(stage: Stage) -> Iterator[Thing]:
        with network_context(stage.net.network):
            for row in model.objects.filter(**values).order_by("id")[:FEW]:
                yield Thing(str(row), {"uid": row.uid}, known(row))

    return things


def all_rows_of(model: Any, known: Callable[[Any], Any]) -> Things:
    def things(stage: Stage) -> Iterator[Thing]:
        with network_context(stage.net.network):
            rows = list(model.objects.select_related("content_object", "membership__user").order_by("id"))
        for row in rows:
            yield Thing(str(row), {"uid": row.uid}, known(row))

    return things


def itself(stage: Stage) -> Iterable[Thing]:
    return [Thing("itself", {"uid": stage.net.network.uid})]


def login_policy(stage: Stage) -> Iterator[Thing]:
    with network_context(stage.net.network):
        yield Thing("itself", {"uid": policy_row(stage.net.network.pk).uid})


def identity_providers(stage: Stage) -> Iterator[Thing]:
    with network_context(stage.net.network):
        facts = {"name": "Corp", "issuer": "https://corp.example", "client_id": "c", "secret": seal("s")}
        row, _made = IdentityProvider.objects.get_or_create(slug="corp", defaults=facts)
    yield Thing("corp", {"uid": row.uid})


def in_reach(person: str, territory: str) -> bool:
    return person in EVERYWHERE or territory in {ZONE_OF.get(person), f"{ZONE_OF.get(person)}_a"}


def changes_partner(person: str, key: str) -> bool:
    """The brand owner's facts are the network's settings."""
    return key != "brand" and who.may_change_partner(person, key)


@dataclass(frozen=True)
class Listed:
    """A list of the administration: its rows, to whom it opens, who sees, adds and changes which of them."""

    model: str
    things: Things
    sees: Sees = everybody
    viewers: frozenset[str] = ENTER
    adders: frozenset[str] = frozenset()
    changers: frozenset[str] = frozenset()
    changes: Sees = everybody
    has_history: bool = True
    opens: int = 200
    saves: int = 200
    queries: tuple[str, ...] = ()

    def routes(self) -> Iterator[Route]:
        name, rows = f"admin:{self.model}", _by_object_id(self.things)
        app, _underscore, model = self.model.partition("_")
        lists = [get(those(self.viewers, self.opens), query) for query in ("", *self.queries)]
        yield page(f"{name}_changelist", *lists)
        yield page(f"{name}_add", get(those(self.adders)), post(those(self.adders)))
        yield page(f"{name}_change", get(self._reads()), post(self._changes()), things=rows)
        yield page(f"{name}_history", get(self._history()), things=rows)
        yield page(f"{name}_delete", get(always(403)), post(always(403)), things=rows)
        short = f"/admin/{app}/{model}/some-row/"
        yield _at("admin:<path:object_id>/", short, get(those(ENTER, 302)))

    def _reads(self) -> Expect:
        def expect(person: str, known: Any) -> int:
            if person not in self.viewers:
                return 403
            return 200 if self.sees(person, known) else 404

        return expect

    def _changes(self) -> Expect:
        """An empty form is shown again, where anything is required."""

        def expect(person: str, known: Any) -> int:
            if person not in self.changers:
                return 403
            if not self.sees(person, known):
                return 404
            return self.saves if self.changes(person, known) else 403

        return expect

    def _history(self) -> Expect:
        reads = self._reads()

        def expect(person: str, known: Any) -> int:
            if person in ENTER and not self.has_history:
                return 404
            return reads(person, known)

        return expect


def _by_object_id(things: Things) -> Things:
    def renamed(stage: Stage) -> Iterator[Thing]:
        for thing in things(stage):
            yield Thing(thing.name, {"object_id": str(thing.args["uid"])}, thing.known)

    return renamed


def _at(name: str, address: str, *methods: Any) -> Route:
    made = page(name, *methods)
    return Route(made.name, made.kind, made.methods, made.things, made.strangers, address)


def typing(app: str, model: str, field: str, term: str = "") -> str:
    return f"app_label={app}&model_name={model}&field_name={field}&term={term}"


SETTING = {"viewers": WHOLE, "adders": ADMINISTRATOR, "changers": ADMINISTRATOR}
PLACE = {"adders": ADMINISTRATOR, "changers": ADMINISTRATOR}
ROLE = {"adders": ADMINISTRATOR, "changers": ADMINISTRATOR, "has_history": False, "saves": ANY}
"""An empty form takes the limits of a role away (302), where the one who asks may grant that (else 200)."""
LISTS = [  # the stage's track is in force: it and its parts are read
    Listed("jobs_job", of_rows("jobs"), sees=lambda person, owner: person == owner, has_history=False),
    Listed("events_event", rows_of(Event), viewers=WHOLE, has_history=False),
    Listed("events_delivery", rows_of(Delivery), viewers=WHOLE),
    Listed(
        "notifications_notification",
        of_rows("notifications"),
        sees=nobody,  # those of the stage have not failed
        viewers=WHOLE,
        has_history=False,
    ),
    Listed(
        "partners_partner",
        partners,
        sees=who.sees_partner,
        adders=ADMINISTRATOR,
        changers=frozenset(DESK),
        changes=changes_partner,
        queries=("q=dealer", "state__exact=live"),
    ),
    Listed("partners_territory", territories, **PLACE),
    Listed("partners_postalarea", rows_of(PostalArea), **PLACE),
    Listed("accounts_network", itself, viewers=WHOLE, changers=ADMINISTRATOR, opens=302),
    Listed("accounts_loginpolicy", login_policy, viewers=WHOLE, changers=ADMINISTRATOR, opens=302),
    Listed("accounts_identityprovider", identity_providers, **SETTING),
    Listed("partners_productline", lines, **SETTING),
    Listed("partners_businesscalendar", rows_of(BusinessCalendar), **SETTING),
    Listed(
        "accounts_membership",
        members,
        sees=sees_member,
        changers=ADMINISTRATOR,
        saves=302,
        queries=("q=sales", "state__exact=active"),
    ),
    Listed(
        "partners_invitation",
        of_rows("invitations"),
        sees=who.sees_member,
        adders=ADMINISTRATOR,
        queries=("q=invited",),
    ),
    Listed(
        "partners_partnerholding",
        all_rows_of(PartnerHolding, lambda row: row.content_object.code),
        sees=who.sees_partner,
        queries=("q=sales",),
        **ROLE,
    ),
    Listed(
        "partners_territoryholding",
        all_rows_of(TerritoryHolding, lambda row: row.content_object.code),
        sees=in_reach,
        queries=("q=zone",),
        **ROLE,
    ),
    Listed(
        "leads_lead", scenes, sees=who.sees_lead, queries=("q=NX1", "q=prospect-own", "state__exact=desk")
    ),
    Listed("leads_offer", offers, sees=sees_offer, queries=("state__exact=pending",)),
    Listed("partners_track", rows_of(Track), changes=nobody, **SETTING),
    Listed("partners_stage", rows_of(TrackStage), changes=nobody, has_history=False, **SETTING),
    Listed("partners_question", rows_of(Question), changes=nobody, has_history=False, **SETTING),
    Listed(
        "partners_checklisttemplate", rows_of(ChecklistTemplate), changes=nobody, has_history=False, **SETTING
    ),
    Listed(
        "partners_application",
        of_rows("applications"),
        sees=who.sees_application,
        queries=("q=Applicant", "state__exact=enquiry"),
    ),
    Listed(
        "partners_changerequest",
        of_rows("changes"),
        sees=who.sees_change,
        queries=("state__exact=submitted", "kind__exact=bank"),
    ),
    Listed(
        "partners_exitsettlement",
        of_rows("exits"),
        sees=who.sees_settlement,
        has_history=False,
    ),
    Listed("partners_documenttype", of_rows("document_types"), **SETTING),
    Listed(
        "partners_document",
        of_rows("documents"),
        sees=who.sees_document,
        queries=("state__exact=uploaded",),
    ),
    Listed("partners_tier", of_rows("tiers"), **SETTING),
    Listed("partners_tiercriterion", rows_of(TierCriterion), has_history=False, **SETTING),
    Listed("partners_tierbenefit", rows_of(TierBenefit), has_history=False, **SETTING),
    Listed(
        "partners_tierstanding",
        of_rows("standings"),
        sees=who.sees_standing,
        queries=("is_in_grace__exact=0",),
    ),
    Listed(
        "partners_publication",
        of_rows("publications"),
        sees=who.sees_publication,
        queries=("state__exact=draft", "kind__exact=news", "q=publication"),
    ),
    Listed("partners_bankaccount", rows_of(BankAccount), has_history=False),
    Listed(
        "partners_authorisation",
        authorisations,
        sees=sees_authorisation,
        adders=ADMINISTRATOR,
        has_history=False,
        queries=("q=dealer", "activity__exact=service"),
    ),
    Listed("leads_routingpolicy", rows_of(RoutingPolicy), viewers=WHOLE, adders=ADMINISTRATOR),
]
ADMINISTRATION = [
    page("admin:index", get(those(ENTER))),
    _at("admin:app_list", "/admin/leads/", get(has_section(ENTER))),
    _at("admin:app_list", "/admin/events/", get(has_section(WHOLE))),
    page("admin:jsi18n", get(those(ENTER))),
    page(
        "admin:autocomplete",
        get(those(ENTER), typing("leads", "offer", "partner")),
        get(those(ENTER), typing("partners", "partner", "parent", "Voltara")),
        get(those(ENTER), typing("partners", "partnerholding", "membership", "example")),
        get(those(ENTER), typing("partners", "territoryholding", "content_object")),
        get(always(403), typing("guardian", "userobjectpermission", "user")),
    ),
    _at("admin:(?P<url>.*)$", "/admin/no-such-page", get(those(ENTER, 404))),
    *(route for listed in LISTS for route in listed.routes()),
]
