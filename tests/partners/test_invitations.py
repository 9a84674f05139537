"""Invitations: who may invite whom as what, the mail and its link, and joining by accepting."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from dnm.accounts.models import ApiToken, Membership, User
from dnm.accounts.tenancy import network_context
from dnm.events.models import Event
from dnm.scoping.errors import Conflict, Invalid, NotAllowed
from partners.domain.access import grant_role
from partners.domain.invitation_mails import send_invitations
from partners.domain.invitations import revoke_invitation, send_again
from partners.domain.people import change_member, lock_member, remove_member, unlock_member
from partners.models import Invitation, PartnerHolding, TerritoryHolding
from partners.roles import Role
from tests.partners.inviting import ask, fresh, invite, link_of, mailed
from tests.signing_in import sign_in
from tests.world import PASSWORD, Net


def member(net: Net, email: str) -> Membership:
    with network_context(net.network):
        return Membership.objects.select_related("user").get(user__email=email)


def held_by(net: Net, email: str) -> list[tuple[str, str]]:
    with network_context(net.network):
        rows = [
            *PartnerHolding.objects.filter(membership__user__email=email),
            *TerritoryHolding.objects.filter(membership__user__email=email),
        ]
        return [(row.role, str(row.content_object)) for row in rows]


def test_an_invitation_is_mailed_in_the_networks_name_and_opens_a_page(voltara: Net, client: Client) -> None:
    path = link_of(voltara)
    letter = mail.outbox[-1]
    assert letter.subject == "[Voltara] Voltara owner_a invites you to Voltara"
    assert "Voltara <" in letter.from_email
    assert voltara.network.accent in str(letter.alternatives[0][0])
    answer = ask(client, voltara, path)
    text = answer.content.decode()
    assert answer.status_code == 200
    for told in ("Voltara owner_a", "Voltara dealer_a", "Sales", "new@person.example"):
        assert told in text
    assert "no-store" in answer["Cache-Control"]


def test_who_accepts_has_a_login_a_card_a_role_and_a_session(voltara: Net, client: Client) -> None:
    invitation = invite(voltara, title="Counter")
    path = f"/invitation/{mailed(voltara, invitation)}/"
    answer = ask(client, voltara, path, {"name": "Asha Rao"})
    assert answer.status_code == 302
    joined = member(voltara, "new@person.example")
    assert (joined.user.name, joined.title, joined.state) == ("Asha Rao", "Counter", "active")
    assert not joined.user.has_usable_password()
    assert held_by(voltara, "new@person.example") == [("sales", "Voltara dealer_a")]
    assert ask(client, voltara, "/leads/").status_code == 200
    row = fresh(voltara, invitation)
    assert (row.state, row.accepted_by, row.digest) == ("accepted", joined, None)
    with network_context(voltara.network):
        kinds = [event.kind for event in Event.objects.about(row)]
    assert kinds == ["partners.invitation_accepted", "partners.person_invited"]


def test_a_link_works_once(voltara: Net, client: Client) -> None:
    path = link_of(voltara)
    assert ask(client, voltara, path, {"name": "One"}).status_code == 302
    gone = ask(Client(), voltara, path)
    assert gone.status_code == 404
    assert ask(Client(), voltara, path, {"name": "Two"}).status_code == 404
    assert User.objects.filter(email="new@person.example").count() == 1


def test_whatever_is_wrong_with_a_link_the_answer_is_the_same(voltara: Net, nordwerk: Net) -> None:
    now = timezone.now()
    expired = link_of(voltara, email="late@person.example")
    revoked = invite(voltara, email="gone@person.example")
    revoked_path = f"/invitation/{mailed(voltara, revoked)}/"
    foreign = link_of(nordwerk, email="foreign@person.example")
    locked = link_of(voltara, by="owner_north", email="of-locked@person.example")
    with network_context(voltara.network):
        Invitation.objects.filter(email="late@person.example").update(
            created_at=now - timedelta(days=9), expires_at=now
        )
        revoke_invitation(invitation=revoked, actor=voltara.actor("owner_a", now), at=now)
        lock_member(membership=voltara.members["owner_north"], actor=voltara.system, at=now)
    seen = set()
    for path in (expired, revoked_path, foreign, locked, "/invitation/never-was-one/"):
        answer = ask(Client(), voltara, path)
        seen.add((answer.status_code, answer.content))
        assert ask(Client(), voltara, path, {"name": "X"}).status_code == 404
    assert len(seen) == 1
    assert {status for status, _body in seen} == {404}
    assert ask(Client(), nordwerk, foreign).status_code == 200


def test_only_the_digest_is_kept_and_sending_again_kills_the_former_link(voltara: Net) -> None:
    invitation = invite(voltara)
    first = mailed(voltara, invitation)
    row = fresh(voltara, invitation)
    assert first not in str(vars(row))
    later = timezone.now() + timedelta(minutes=2)
    with network_context(voltara.network):
        with pytest.raises(Conflict, match="on its way"):
            send_again(
                invitation=row, actor=voltara.actor("owner_a"), at=timezone.now() + timedelta(seconds=9)
            )
        send_again(invitation=row, actor=voltara.actor("owner_a"), at=later)
    send_invitations(voltara.network.pk, later)
    second = mailed(voltara, invitation)
    assert len(mail.outbox) == 2
    assert first != second
    assert ask(Client(), voltara, f"/invitation/{first}/").status_code == 404
    assert ask(Client(), voltara, f"/invitation/{second}/").status_code == 200


def test_each_is_mailed_once(voltara: Net) -> None:
    invite(voltara)
    now = timezone.now()
    assert send_invitations(voltara.network.pk, now) == 1
    assert send_invitations(voltara.network.pk, now + timedelta(days=1)) == 0
    assert len(mail.outbox) == 1


def test_a_mail_server_that_is_away_is_tried_again(voltara: Net, settings: Any) -> None:
    row = invite(voltara)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    now = timezone.now()
    assert send_invitations(voltara.network.pk, now) == 0
    assert fresh(voltara, row).mail_error == "ConnectionRefusedError"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert send_invitations(voltara.network.pk, now + timedelta(hours=3)) == 1
    assert fresh(voltara, row).mail_error == ""


def test_a_login_elsewhere_is_joined_only_after_logging_in_and_the_inviter_cannot_tell(
    voltara: Net, nordwerk: Net, client: Client
) -> None:
    now = timezone.now()
    known = invite(voltara, email="Sales_A@nordwerk.example", name="Known", at=now)
    new = invite(voltara, email="fresh@person.example", name="Known", at=now)
    seen = []
    for row in (known, new):
        page = ask(sign_in(Client(), voltara, "owner_a"), voltara, f"/people/invitations/{row.uid}/")
        text = page.content.decode().replace(row.email, "").replace(str(row.uid), "")
        seen.append(text.split("<main")[1].split("</main>")[0].replace(str(row.created_at), ""))
    strip = [_without_tokens(text) for text in seen]
    assert strip[0] == strip[1]

    path = f"/invitation/{mailed(voltara, known)}/"
    assert "Log in and join" in ask(client, voltara, path).content.decode()
    assert ask(client, voltara, path, {"name": "Taken over"}).status_code == 409
    with network_context(voltara.network):
        assert not Membership.objects.filter(user__email="sales_a@nordwerk.example").exists()

    user = nordwerk.members["sales_a"].user
    login = {"login": user.email, "password": PASSWORD, "next": path}
    answer = ask(client, voltara, "/accounts/login/", login)
    assert (answer.status_code, answer["Location"]) == (302, path)
    assert ask(client, voltara, path, {}).status_code == 302
    assert held_by(voltara, user.email) == [("sales", "Voltara dealer_a")]
    user.refresh_from_db()
    assert user.name == "Nordwerk sales_a"
    assert ask(client, voltara, "/leads/").status_code == 200


def _without_tokens(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if "csrf" not in line)


def test_somebody_elses_session_accepts_nothing(voltara: Net) -> None:
    path = link_of(voltara)
    client = sign_in(Client(), voltara, "sales_b")
    assert "somebody else" in ask(client, voltara, path).content.decode()
    assert ask(client, voltara, path, {"name": "x"}).status_code == 409
    assert held_by(voltara, "sales_b@voltara.example") == [("sales", "Voltara dealer_b")]


def test_an_active_member_gets_the_further_role_and_keeps_the_card(voltara: Net) -> None:
    path = link_of(voltara, by="owner_north", to="dealer_b", email="sales_a@voltara.example")
    client = sign_in(Client(), voltara, "sales_a")
    assert ask(client, voltara, path, {}).status_code == 302
    assert sorted(held_by(voltara, "sales_a@voltara.example")) == [
        ("sales", "Voltara dealer_a"),
        ("sales", "Voltara dealer_b"),
    ]


def test_a_locked_member_is_not_let_in_by_an_invitation(voltara: Net) -> None:
    with network_context(voltara.network):
        lock_member(membership=voltara.members["sales_a"], actor=voltara.system, at=timezone.now())
    path = link_of(voltara, by="owner_north", to="dealer_b", email="sales_a@voltara.example")
    client = sign_in(Client(), voltara, "sales_a")
    assert ask(client, voltara, path, {}).status_code == 409
    assert member(voltara, "sales_a@voltara.example").state == "locked"


@pytest.mark.parametrize(
    ("by", "to", "role", "refused"),
    [
        ("owner_a", "dealer_a", Role.PARTNER_OWNER, None),
        ("owner_a", "retailer_a", Role.SALES, None),
        ("owner_a", "dealer_b", Role.SALES, NotAllowed),
        ("owner_a", "distributor_north", Role.SALES, NotAllowed),
        ("owner_a", "dealer_a", Role.ZONE_MANAGER, Invalid),
        ("sales_a", "dealer_a", Role.SALES, NotAllowed),
        ("zone_north", "dealer_a", Role.SALES, NotAllowed),
        ("administrator", "brand", Role.AUDITOR, None),
    ],
)
def test_nobody_invites_above_or_beside_its_own_rights(
    voltara: Net, by: str, to: str, role: Role, refused: type[Exception] | None
) -> None:
    if refused is None:
        assert invite(voltara, by=by, to=to, role=role).role == role
    else:
        with pytest.raises(refused):
            invite(voltara, by=by, to=to, role=role)


def test_a_narrow_right_gives_narrow_rights(voltara: Net) -> None:
    """An owner for the pumps until next year invites for the pumps until next year, without saying so."""
    until = timezone.now().date() + timedelta(days=200)
    pumps, drives = voltara.lines["pumps"].pk, voltara.lines["drives"].pk
    with network_context(voltara.network):
        grant_role(
            membership=voltara.members["nobody"],
            role=Role.PARTNER_OWNER,
            node=voltara.partners["dealer_a"],
            product_line_ids=[pumps],
            valid_to=until,
            actor=voltara.system,
            at=timezone.now(),
        )
    row = invite(voltara, by="nobody")
    assert (row.product_line_ids, row.valid_to) == ([pumps], until)
    with pytest.raises(NotAllowed):
        invite(voltara, by="nobody", email="other@person.example", product_line_ids=[drives])
    ask(Client(), voltara, f"/invitation/{mailed(voltara, row)}/", {"name": "N"})
    with network_context(voltara.network):
        holding = PartnerHolding.objects.get(membership__user__email="new@person.example")
    assert (holding.product_line_ids, holding.valid_to) == ([pumps], until)


def test_staff_are_invited_to_territories(voltara: Net) -> None:
    row = invite(
        voltara,
        by="administrator",
        to="brand",
        role=Role.ZONE_MANAGER,
        at_territory=voltara.territories["south"],
    )
    ask(Client(), voltara, f"/invitation/{mailed(voltara, row)}/", {"name": "N"})
    assert held_by(voltara, "new@person.example") == [("zone_manager", "Voltara south")]


def test_one_standing_invitation_a_person_and_partner(voltara: Net) -> None:
    invite(voltara)
    with pytest.raises(Conflict, match="invited already"):
        invite(voltara, email=" NEW@person.example ")
    with pytest.raises(Conflict, match="member here already"):
        invite(voltara, email="sales_a@voltara.example")
    invite(voltara, by="owner_north", to="dealer_b")


def test_a_person_who_was_removed_is_out_at_once_and_comes_back_by_invitation(voltara: Net) -> None:
    client = sign_in(Client(), voltara, "sales_a")
    assert ask(client, voltara, "/leads/").status_code == 200
    now = timezone.now()
    with network_context(voltara.network):
        remove_member(membership=voltara.members["sales_a"], actor=voltara.actor("owner_a", now), at=now)
        assert not ApiToken.objects.usable(now).filter(membership=voltara.members["sales_a"]).exists()
    assert ask(client, voltara, "/leads/").status_code == 403
    answer = client.get("/api/v1/leads/", headers=voltara.bearer("sales_a"))
    assert answer.status_code == 401
    assert User.objects.get(email="sales_a@voltara.example").is_active
    path = link_of(voltara, by="owner_north", to="dealer_b", email="sales_a@voltara.example")
    assert ask(client, voltara, path, {}).status_code == 302
    assert held_by(voltara, "sales_a@voltara.example") == [("sales", "Voltara dealer_b")]
    assert ask(client, voltara, "/leads/").status_code == 200


def test_nobody_manages_people_with_wider_rights_or_rights_elsewhere(voltara: Net) -> None:
    now = timezone.now()
    target = voltara.members["sales_a"]
    with network_context(voltara.network):
        grant_role(
            membership=target,
            role=Role.SALES,
            node=voltara.partners["dealer_b"],
            actor=voltara.system,
            at=now,
        )
        for verb in (lock_member, remove_member, unlock_member):
            with pytest.raises(NotAllowed):
                verb(membership=target, actor=voltara.actor("owner_a", now), at=now)
        with pytest.raises(NotAllowed):
            change_member(membership=target, title="x", actor=voltara.actor("owner_a", now), at=now)
        lock_member(membership=target, actor=voltara.actor("owner_north", now), at=now)
        changed = change_member(
            membership=voltara.members["warehouse_a"],
            title="Stores",
            actor=voltara.actor("owner_a", now),
            at=now,
        )
    assert changed.title == "Stores"


def test_pages_invite_list_send_again_and_revoke(voltara: Net, client: Client) -> None:
    sign_in(client, voltara, "owner_a")
    dealer = voltara.partners["dealer_a"]
    values = {"name": "Asha", "email": "asha@person.example", "role": "sales"}
    answer = ask(client, voltara, f"/partners/{dealer.uid}/people/new/", values)
    assert answer.status_code == 302
    page = answer["Location"]
    assert "Asha" in ask(client, voltara, "/people/invitations/").content.decode()
    assert "Asha" not in ask(client, voltara, "/people/invitations/?state=accepted").content.decode()
    assert ask(client, voltara, page).status_code == 200
    assert ask(client, voltara, f"{page}send-again/", {}).status_code == 409
    assert ask(client, voltara, f"{page}explode/", {}).status_code == 404
    for name in ("sales_b", "owner_south"):
        rival = sign_in(Client(), voltara, name)
        assert ask(rival, voltara, page).status_code == (403 if name == "sales_b" else 404)
        assert "Asha" not in ask(rival, voltara, "/people/invitations/").content.decode()
    assert ask(client, voltara, f"{page}revoke/", {}).status_code == 302
    assert "Revoked" in ask(client, voltara, page).content.decode()
    assert ask(client, voltara, f"{page}revoke/", {}).status_code == 409


def test_nothing_but_what_the_form_asks_is_taken(voltara: Net, client: Client) -> None:
    """Mass assignment: other fields of the row are not read from the request."""
    sign_in(client, voltara, "owner_a")
    values = {
        "name": "Asha", "email": "asha@person.example", "role": "sales",
        "at_territory": str(voltara.territories["root"].uid), "invited_by": "1", "digest": "0" * 64,
        "accepted_at": "2026-01-01", "network": "2", "partner": str(voltara.partners["dealer_b"].uid),
    }  # fmt: skip
    dealer = voltara.partners["dealer_a"]
    answer = ask(client, voltara, f"/partners/{dealer.uid}/people/new/", values)
    assert answer.status_code == 302
    with network_context(voltara.network):
        row = Invitation.objects.get(email="asha@person.example")
    assert (row.partner_id, row.at_territory_id, row.digest, row.accepted_at) == (dealer.pk, None, None, None)
    path = f"/invitation/{mailed(voltara, row)}/"
    ask(Client(), voltara, path, {"name": "Asha", "role": "partner_owner", "email": "x@y.example"})
    assert held_by(voltara, "asha@person.example") == [("sales", "Voltara dealer_a")]
