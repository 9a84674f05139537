"""Comments: who writes and reads what, what is scrubbed, who is told, and what a former owner keeps."""

from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from dnm.accounts.tenancy import network_context
from dnm.events.delivery import deliver_one
from dnm.events.models import Delivery, Event
from dnm.notifications.models import Notification
from dnm.scoping.errors import Invalid, NotAllowed
from leads.models import Lead
from partners.domain.comments import write_comment
from partners.models import Comment, StoredFile
from tests.api.calling import Caller
from tests.partners.uploads import SCRIPT, pdf, picture, upload
from tests.web.pages import Reader, text_of
from tests.world import NOW, Net

pytestmark = pytest.mark.django_db


def said(
    net: Net, by: str, text: str = "hello", *, record: Any = None, internal: bool = False, **more: Any
) -> Comment:
    with network_context(net.network):
        return write_comment(
            record=record or net.partners["dealer_a"],
            text=text,
            is_internal=internal,
            actor=net.actor(by),
            at=NOW,
            **more,
        )


def readers(net: Net, comment: Comment) -> set[str]:
    with network_context(net.network):
        return {
            name
            for name in net.members
            if Comment.objects.visible_to(net.actor(name)).filter(pk=comment.pk).exists()
        }


def told(net: Net, comment: Comment) -> set[str]:
    with network_context(net.network):
        events = list(Event.objects.about(comment).values_list("pk", flat=True))
        due = list(Delivery.objects.filter(event__in=events).values_list("pk", flat=True))
    for delivery in due:
        deliver_one(net.network.pk, delivery)
    with network_context(net.network):
        rows = Notification.objects.filter(event__in=events).select_related("membership__user")
        return {row.membership.user.email.partition("@")[0] for row in rows}


STAFF_NORTH = {"administrator", "zone_north", "programme", "adjudicator", "finance", "auditor"}
PEOPLE_A = {"owner_a", "sales_a", "warehouse_a", "service_a"}


class TestReaders:
    def test_on_a_partner(self, voltara: Net) -> None:
        shared, internal = said(voltara, "zone_north"), said(voltara, "zone_north", internal=True)
        assert readers(voltara, shared) == STAFF_NORTH | PEOPLE_A
        assert readers(voltara, internal) == STAFF_NORTH

    def test_on_a_lead(self, voltara: Net) -> None:
        lead = voltara.accepted()
        shared, internal = (
            said(voltara, "sales_a", record=lead),
            said(voltara, "finance", record=lead, internal=True),
        )
        assert readers(voltara, shared) == STAFF_NORTH | {"owner_a", "sales_a"}
        assert readers(voltara, internal) == STAFF_NORTH

    def test_a_former_owner_and_a_new_one(self, voltara: Net) -> None:
        """Each reads what was shared with it, and nothing of the other's time."""
        lead = voltara.accepted()
        before = said(voltara, "sales_a", record=lead)
        with network_context(voltara.network):
            Lead.objects.filter(pk=lead.pk).update(partner=voltara.partners["dealer_b"])
            lead.refresh_from_db()
        after = said(voltara, "sales_b", record=lead)
        assert readers(voltara, before) == STAFF_NORTH
        assert readers(voltara, after) == STAFF_NORTH | {"sales_b"}

    def test_of_another_network(self, voltara: Net, nordwerk: Net) -> None:
        comment = said(voltara, "zone_north")
        assert Reader(nordwerk, "administrator").get(f"/comments/{comment.uid}/").status_code == 404


class TestWriting:
    @pytest.mark.parametrize(
        "person", ["auditor", "owner_north", "owner_south", "sales_b", "retail_a", "nobody", "zone_south"]
    )
    def test_who_may_not(self, voltara: Net, person: str) -> None:
        with pytest.raises(NotAllowed):
            said(voltara, person)

    def test_a_partner_says_nothing_internal(self, voltara: Net) -> None:
        with pytest.raises(NotAllowed):
            said(voltara, "owner_a", internal=True)

    def test_contact_data_and_the_prospects_name_become_dots(self, voltara: Net) -> None:
        lead = voltara.accepted(name="Asha Verma")
        comment = said(voltara, "sales_a", "Asha asked: call 098100 12345 or asha@example.org", record=lead)
        for secret in ("Asha", "98100", "asha@example.org"):
            assert secret not in comment.text

    def test_nothing_to_say_too_much_and_nobody_to_share_with(self, voltara: Net) -> None:
        lead = voltara.lead()
        with network_context(voltara.network):
            lead.refresh_from_db()
        for values in (
            {"text": "  "},
            {"text": "x" * 5000},
            {"record": voltara.partners["brand"]},
            {"record": lead},
            {"files": [upload(f"{n}.pdf", pdf()) for n in range(6)]},
        ):
            with pytest.raises(Invalid):
                said(voltara, "administrator", **values)
        with network_context(voltara.network):
            assert not Comment.objects.exists()

    def test_files_go_where_the_comment_goes(self, voltara: Net) -> None:
        said(voltara, "zone_north", internal=True, files=[upload("secret.pdf", pdf())])
        said(voltara, "zone_north", files=[upload("shared.png", picture("PNG"))])
        with network_context(voltara.network):
            seen = {
                name: set(StoredFile.objects.visible_to(voltara.actor(name)).values_list("name", flat=True))
                for name in ("finance", "sales_a", "owner_north", "sales_b")
            }
        assert seen == {
            "finance": {"secret.pdf", "shared.png"},
            "sales_a": {"shared.png"},
            "owner_north": set(),
            "sales_b": set(),
        }

    def test_a_bad_file_takes_the_comment_with_it(self, voltara: Net) -> None:
        with pytest.raises(Invalid), transaction.atomic():
            said(voltara, "owner_a", files=[upload("a.pdf", SCRIPT)])
        with network_context(voltara.network):
            assert not Comment.objects.exists()

    def test_the_database_keeps_them_as_they_are(self, voltara: Net) -> None:
        comment = said(voltara, "zone_north")
        with network_context(voltara.network):
            for statement in (
                "UPDATE partners_comment SET text = 'x' WHERE id = %s",
                "DELETE FROM partners_comment WHERE id = %s",
            ):
                with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute(statement, [comment.pk])
            with pytest.raises(IntegrityError), transaction.atomic():
                Comment.objects.create(
                    subject_type=comment.subject_type, subject_id=1, is_internal=False, by_staff=True,
                    author_name="x", created_at=NOW,
                )  # fmt: skip


class TestTelling:
    def test_the_other_side(self, voltara: Net) -> None:
        assert told(voltara, said(voltara, "zone_north")) == PEOPLE_A
        assert told(voltara, said(voltara, "owner_a")) == {"administrator", "zone_north"}

    def test_internal_ones_only_who_took_part(self, voltara: Net) -> None:
        said(voltara, "finance", internal=True)
        said(voltara, "owner_a")
        assert told(voltara, said(voltara, "zone_north", internal=True)) == {"finance"}

    def test_on_a_lead_those_who_may_open_it(self, voltara: Net) -> None:
        lead = voltara.accepted()
        assert told(voltara, said(voltara, "zone_north", record=lead)) == {"owner_a", "sales_a"}

    def test_who_took_part_and_lost_the_record_hears_nothing(self, voltara: Net) -> None:
        lead = voltara.accepted()
        said(voltara, "sales_a", record=lead)
        with network_context(voltara.network):
            Lead.objects.filter(pk=lead.pk).update(partner=voltara.partners["dealer_b"])
            lead.refresh_from_db()
        assert told(voltara, said(voltara, "zone_north", record=lead)) == {"sales_b"}


class TestPages:
    def test_writing_and_reading_on_both_sides(self, voltara: Net) -> None:
        partner = voltara.partners["dealer_a"]
        path, tab = f"/comments/partner/{partner.uid}/", f"{partner.get_absolute_url()}?tab=comments"
        staff, owner = Reader(voltara, "zone_north"), Reader(voltara, "owner_a")
        assert staff.post(path, {"text": "for us", "is_internal": "internal"}).status_code == 302
        answer = staff.post(
            path, {"text": "for both", "is_internal": "shared", "attachments": [upload("a.pdf", pdf())]}
        )
        assert (answer.status_code, answer["Location"]) == (302, tab)
        assert owner.post(path, {"text": "from us", "is_internal": "internal"}).status_code == 302
        for reader, words in ((staff, {"for us", "for both", "from us"}), (owner, {"for both", "from us"})):
            text = text_of(reader.get(tab))
            assert {word for word in ("for us", "for both", "from us") if word in text} == words
            assert "a.pdf" in text
        assert owner.post(path, {"text": ""}).status_code == 422
        assert owner.post("/comments/king/" + str(partner.uid) + "/", {"text": "x"}).status_code == 404

    def test_on_the_page_of_a_lead(self, voltara: Net) -> None:
        lead = voltara.accepted()
        owner, upstream = Reader(voltara, "owner_a"), Reader(voltara, "owner_north")
        assert owner.post(f"/comments/lead/{lead.uid}/", {"text": "the buyer wants two"}).status_code == 302
        assert "the buyer wants two" in text_of(owner.get(f"{lead.get_absolute_url()}?tab=comments"))
        page = upstream.get(f"{lead.get_absolute_url()}?tab=comments")
        assert page.status_code == 200
        assert "the buyer wants two" not in text_of(page)
        assert "tab-comments" not in page.content.decode()

    def test_the_way_from_a_message_to_the_record(self, voltara: Net) -> None:
        comment = said(voltara, "zone_north")
        answer = Reader(voltara, "owner_a").get(f"/comments/{comment.uid}/")
        assert answer["Location"] == f"{voltara.partners['dealer_a'].get_absolute_url()}?tab=comments"
        assert Reader(voltara, "owner_north").get(f"/comments/{comment.uid}/").status_code == 404


class TestApi:
    def test_write_list_and_attach(self, voltara: Net) -> None:
        partner = voltara.partners["dealer_a"]
        owner = Caller(voltara, "owner_a")
        body = {"about": "partner", "record": str(partner.uid), "text": "hello"}
        shown = owner.post("comments/", body)
        assert shown.status_code == 201, shown.content.decode()
        assert (shown.json()["about"], shown.json()["by_network"]) == ("partner", False)
        answer = owner.client.post(
            "/api/v1/comments/", {**body, "files": [upload("a.pdf", pdf()), upload("b.png", picture("PNG"))]},
            headers=owner.headers,
        )  # fmt: skip
        assert answer.status_code == 201, answer.content.decode()
        assert len(answer.json()["files"]) == 2
        assert len(owner.get("comments/", record=str(partner.uid)).json()["results"]) == 2
        assert (
            Caller(voltara, "owner_north").get("comments/", record=str(partner.uid)).json()["results"] == []
        )
        assert owner.post("comments/", {**body, "is_internal": True}).status_code == 403
        assert owner.post("comments/", {**body, "about": "king"}).status_code == 422
        assert Caller(voltara, "sales_b").post("comments/", body).status_code == 422
