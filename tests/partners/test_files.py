"""Files of partners: who lays them down, who gets them, and that nobody else learns that they are there."""

import os
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.signing import TimestampSigner

from dnm.accounts.tenancy import network_context
from dnm.scoping.errors import Conflict, Invalid, NotAllowed
from partners.domain import files
from partners.domain.files import add_file, link_for, reader_by_link, remove_file, sweep_files, take_file
from partners.domain.people import lock_member
from partners.models import StoredFile
from tests.api.calling import Caller
from tests.partners.uploads import SCRIPT, archive, pdf, picture, upload
from tests.web.pages import Reader
from tests.world import NOW, Net

pytestmark = pytest.mark.django_db


def laid_down(net: Net, partner: str = "dealer_a", by: str = "administrator", **values: Any) -> StoredFile:
    with network_context(net.network):
        return add_file(
            partner=net.partners[partner],
            file=values.pop("file", upload("contract.pdf", pdf())),
            actor=net.actor(by),
            at=NOW,
            **values,
        )


def path_of(file: StoredFile) -> str:
    return f"/files/{file.uid}/"


def test_a_content_is_a_download_that_nobody_keeps_or_guesses_at(voltara: Net) -> None:
    file = laid_down(voltara, file=upload('r\N{LATIN SMALL LETTER E WITH ACUTE}sum"é.exe', pdf()))
    answer = Reader(voltara, "owner_a").get(path_of(file))
    assert answer.status_code == 200
    assert answer.content == pdf()
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment; filename")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"


@pytest.mark.parametrize(
    ("person", "shared", "internal"),
    [
        ("administrator", 200, 200),
        ("zone_north", 200, 200),
        ("auditor", 200, 200),
        ("owner_a", 200, 404),
        ("zone_south", 404, 404),
        ("owner_north", 404, 404),
        ("owner_south", 404, 404),
        ("sales_a", 404, 404),
        ("sales_b", 404, 404),
        ("retail_a", 404, 404),
        ("nobody", 404, 404),
    ],
)
def test_who_gets_it(voltara: Net, person: str, shared: int, internal: int) -> None:
    """A partner's owner its own; upstream, siblings and downstream nothing."""
    reader = Reader(voltara, person)
    assert reader.get(path_of(laid_down(voltara))).status_code == shared
    assert reader.get(path_of(laid_down(voltara, is_internal=True))).status_code == internal


def test_what_one_may_not_see_is_what_is_not_there(voltara: Net, nordwerk: Net) -> None:
    """The same bytes for a rival's, an internal, a removed one, another network's, and none at all."""
    rival = laid_down(voltara, "dealer_b")
    internal = laid_down(voltara, is_internal=True)
    removed = laid_down(voltara)
    with network_context(voltara.network):
        remove_file(file=removed, actor=voltara.actor("administrator"), at=NOW)
    foreign = laid_down(nordwerk)
    reader = Reader(voltara, "owner_a")
    none = reader.get(f"/files/{uuid.uuid4()}/")
    assert none.status_code == 404
    for file in (rival, internal, removed, foreign):
        answer = reader.get(path_of(file))
        assert (answer.status_code, answer.content) == (404, none.content)
        assert set(answer.headers) == set(none.headers)


def test_strangers_go_to_the_login_whether_it_is_there_or_not(voltara: Net) -> None:
    stranger = Reader(voltara)
    for path in (path_of(laid_down(voltara)), f"/files/{uuid.uuid4()}/"):
        assert stranger.get(path).status_code == 302


def test_files_lie_apart_by_network_outside_the_web_root_under_no_given_name(
    voltara: Net, nordwerk: Net
) -> None:
    for net in (voltara, nordwerk):
        file = laid_down(net, file=upload("../../x.html", pdf()))
        place = Path(settings.FILES_ROOT, file.content.name)
        assert place.read_bytes() == pdf()
        assert file.content.name == f"networks/{net.network.pk}/{file.uid.hex[-2:]}/{file.uid}"
        assert not place.is_relative_to(settings.BASE_DIR / "static")
        assert place.stat().st_mode & 0o007 == 0
        with pytest.raises(ValueError, match="scoped view"):
            _ = file.content.url
        assert file.name == "x.pdf"


class TestLinks:
    """A signed link stands for a session of one member, for one file, for five minutes, on one network."""

    def opened(self, net: Net, file: StoredFile, link: str) -> Any:
        return Reader(net).get(f"{path_of(file)}?link={link}")

    def test_it_opens_the_file_without_a_session(self, voltara: Net) -> None:
        file = laid_down(voltara)
        answer = self.opened(voltara, file, link_for(file, voltara.actor("owner_a")))
        assert (answer.status_code, answer.content) == (200, pdf())
        assert answer["Cache-Control"] == "private, no-store"

    def test_it_asks_the_scope_anew(self, voltara: Net) -> None:
        file = laid_down(voltara, "dealer_b")
        none = self.opened(voltara, file, "nonsense")
        assert none.status_code == 404
        for person in ("owner_a", "nobody", "zone_south"):
            answer = self.opened(voltara, file, link_for(file, voltara.actor(person)))
            assert (answer.status_code, answer.content) == (404, none.content)

    def test_it_ends_with_the_membership_and_with_the_right(self, voltara: Net) -> None:
        file = laid_down(voltara)
        link = link_for(file, voltara.actor("owner_a"))
        with network_context(voltara.network):
            lock_member(membership=voltara.members["owner_a"], actor=voltara.system, at=NOW)
        assert self.opened(voltara, file, link).status_code == 404

    def test_it_opens_no_other_file_on_no_other_network(self, voltara: Net, nordwerk: Net) -> None:
        file, other, foreign = laid_down(voltara), laid_down(voltara), laid_down(nordwerk)
        link = link_for(file, voltara.actor("administrator"))
        assert self.opened(voltara, other, link).status_code == 404
        assert self.opened(nordwerk, file, link).status_code == 404
        assert (
            self.opened(voltara, foreign, link_for(foreign, nordwerk.actor("administrator"))).status_code
            == 404
        )

    def test_it_is_good_for_five_minutes(self, voltara: Net, monkeypatch: pytest.MonkeyPatch) -> None:
        file = laid_down(voltara)
        link = link_for(file, voltara.actor("owner_a"))
        monkeypatch.setattr(files, "LINK_LIVES", timedelta(seconds=-1))
        assert self.opened(voltara, file, link).status_code == 404

    def test_one_made_by_hand_opens_nothing(self, voltara: Net) -> None:
        file = laid_down(voltara)
        network, member = voltara.network.pk, voltara.members["owner_a"].pk
        with network_context(voltara.network):
            for text in (f"{network}:{member}:{file.uid}", "x", f"{network}:x:{file.uid}"):
                token = TimestampSigner(salt="another door").sign(text)
                assert reader_by_link(token, uid=file.uid, at=NOW) is None
            for text in ("a:b", f"{network}:x:{file.uid}"):
                token = TimestampSigner(salt="partners.files").sign(text)
                assert reader_by_link(token, uid=file.uid, at=NOW) is None


class TestVerbs:
    def test_the_owner_adds_and_takes_back_its_own(self, voltara: Net) -> None:
        mine, theirs = laid_down(voltara, by="owner_a"), laid_down(voltara)
        place = Path(settings.FILES_ROOT, mine.content.name)
        with network_context(voltara.network):
            owner = voltara.actor("owner_a")
            remove_file(file=mine, actor=owner, at=NOW)
            with pytest.raises(NotAllowed, match="Only who added"):
                remove_file(file=theirs, actor=owner, at=NOW)
            with pytest.raises(Conflict):
                remove_file(file=mine, actor=owner, at=NOW)
            assert list(StoredFile.objects.visible_to(owner)) == [theirs]
        assert place.exists()  # the transaction of the test is never committed

    @pytest.mark.parametrize("person", ["owner_north", "sales_a", "owner_south", "auditor", "zone_south"])
    def test_others_add_nothing(self, voltara: Net, person: str) -> None:
        with pytest.raises(NotAllowed):
            laid_down(voltara, by=person)

    def test_internal_ones_are_the_networks(self, voltara: Net) -> None:
        with pytest.raises(NotAllowed):
            laid_down(voltara, by="owner_a", is_internal=True)

    def test_a_record_has_at_most_so_many(self, voltara: Net, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(files, "MOST_FILES", 2)
        laid_down(voltara)
        laid_down(voltara)
        with pytest.raises(Invalid, match="at most 2"):
            laid_down(voltara)

    def test_only_declared_records_have_files(self, voltara: Net) -> None:
        with network_context(voltara.network), pytest.raises(TypeError, match="register_file_subject"):
            take_file(
                file=upload("a.pdf", pdf()),
                subject=voltara.territories["north"],
                actor=voltara.system,
                at=NOW,
            )

    def test_what_no_row_names_is_swept_after_a_day(self, voltara: Net, nordwerk: Net) -> None:
        kept, young, foreign = laid_down(voltara), laid_down(voltara), laid_down(nordwerk)
        with network_context(voltara.network):
            StoredFile.objects.filter(pk=young.pk).delete()
        orphan = Path(settings.FILES_ROOT, "networks", str(voltara.network.pk), "ab", str(uuid.uuid4()))
        orphan.parent.mkdir(parents=True, exist_ok=True)
        orphan.write_bytes(b"x")
        day_ago = (NOW - timedelta(days=2)).timestamp()
        for path in (orphan, Path(settings.FILES_ROOT, kept.content.name)):
            os.utime(path, (day_ago, day_ago))
        os.utime(Path(settings.FILES_ROOT, young.content.name), (NOW.timestamp(), NOW.timestamp()))
        with network_context(voltara.network):
            assert sweep_files(voltara.network.pk, NOW) == 1
        assert not orphan.exists()
        for file in (kept, young, foreign):
            assert Path(settings.FILES_ROOT, file.content.name).exists()


class TestPages:
    def test_the_tab_lists_what_the_reader_may_see(self, voltara: Net) -> None:
        laid_down(voltara, file=upload("contract.pdf", pdf()))
        laid_down(voltara, file=upload("assessment.pdf", pdf()), is_internal=True)
        path = f"{voltara.partners['dealer_a'].get_absolute_url()}?tab=files"
        staff = Reader(voltara, "zone_north").get(path).content.decode()
        owner = Reader(voltara, "owner_a").get(path).content.decode()
        assert "contract.pdf" in staff
        assert "assessment.pdf" in staff
        assert "contract.pdf" in owner
        assert "assessment.pdf" not in owner
        for person in ("sales_a", "owner_north"):
            text = Reader(voltara, person).get(path).content.decode()
            assert "contract.pdf" not in text
            assert "tab-files" not in text

    def test_adding_and_removing_by_page(self, voltara: Net) -> None:
        owner = Reader(voltara, "owner_a")
        partner = voltara.partners["dealer_a"]
        path = f"/partners/{partner.uid}/files/new/"
        assert owner.get(path).status_code == 200
        answer = owner.post(path, {"file": upload("shop front.png", picture("PNG"))})
        assert answer.status_code == 302, answer.content.decode()
        with network_context(voltara.network):
            file = StoredFile.objects.get()
        assert (file.name, file.uploaded_by_id) == ("shop front.png", voltara.members["owner_a"].pk)
        assert owner.post(f"/files/{file.uid}/remove/").status_code == 302
        assert owner.get(path_of(file)).status_code == 404

    @pytest.mark.parametrize(
        "data", [b"<html>" + SCRIPT, b"<svg onload='x'/>", archive(), b"", b"%PDF-1.4 nothing"]
    )
    def test_a_bad_file_is_told_at_its_field(self, voltara: Net, data: bytes) -> None:
        path = f"/partners/{voltara.partners['dealer_a'].uid}/files/new/"
        answer = Reader(voltara, "owner_a").post(path, {"file": upload("a.pdf", data)})
        assert answer.status_code == 422
        assert 'id="id_file_error"' in answer.content.decode()
        with network_context(voltara.network):
            assert not StoredFile.objects.exists()

    def test_the_owner_cannot_sneak_an_internal_one_in(self, voltara: Net) -> None:
        path = f"/partners/{voltara.partners['dealer_a'].uid}/files/new/"
        values = {"file": upload("a.pdf", pdf()), "is_internal": "on"}
        assert Reader(voltara, "owner_a").post(path, values).status_code == 302
        with network_context(voltara.network):
            assert not StoredFile.objects.get().is_internal


class TestApi:
    def send(self, net: Net, person: str, **values: Any) -> Any:
        caller = Caller(net, person)
        return caller.client.post("/api/v1/files/", values, headers=caller.headers)

    def test_add_read_and_follow_the_link(self, voltara: Net) -> None:
        partner = str(voltara.partners["dealer_a"].uid)
        answer = self.send(voltara, "owner_a", partner=partner, file=upload("x.png", picture("PNG")))
        assert answer.status_code == 201, answer.content.decode()
        shown = answer.json()
        assert (shown["name"], shown["about"], shown["partner"]["id"]) == ("x.png", "partner", partner)
        opened = Reader(voltara).get(shown["link"])
        assert (opened.status_code, opened["Content-Type"]) == (200, "image/png")
        assert Caller(voltara, "zone_north").get("files/", partner=partner).json()["results"]
        assert Caller(voltara, "owner_north").get("files/", partner=partner).json()["results"] == []
        assert Caller(voltara, "sales_b").get(f"files/{shown['id']}/").status_code == 404
        removed = Caller(voltara, "owner_a").post(f"files/{shown['id']}/remove/")
        assert removed.status_code in (204, 415)

    def test_refusals(self, voltara: Net) -> None:
        mine, rival = (str(voltara.partners[key].uid) for key in ("dealer_a", "dealer_b"))
        answer = self.send(voltara, "owner_a", partner=mine, file=upload("x.pdf", SCRIPT))
        assert (answer.status_code, answer.json()["code"]) == (422, "file-type")
        assert "file" in answer.json()["errors"]
        assert self.send(voltara, "owner_a", partner=rival, file=upload("x.pdf", pdf())).status_code == 422
        assert self.send(voltara, "owner_a", partner=mine, file="text").status_code == 422
        assert (
            self.send(voltara, "owner_a", partner=mine, file=upload("x.pdf", pdf()), colour="red").status_code
            == 422
        )
        assert self.send(voltara, "auditor", partner=mine, file=upload("x.pdf", pdf())).status_code == 403
        assert Caller(voltara, "owner_a").post("files/", {"partner": mine}).status_code == 415
        fifty = upload("x.pdf", b"%PDF-" + bytes(50 * 1024 * 1024))
        assert self.send(voltara, "owner_a", partner=mine, file=fifty).status_code == 413

    def test_the_same_key_lays_it_down_once(self, voltara: Net) -> None:
        caller = Caller(voltara, "owner_a")
        body = (
            b'--x\r\nContent-Disposition: form-data; name="partner"\r\n\r\n%s\r\n'
            b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%s\r\n--x--\r\n'
        ) % (str(voltara.partners["dealer_a"].uid).encode(), pdf())
        headers = {**caller.headers, "idempotency-key": "one"}
        kind = "multipart/form-data; boundary=x"
        answers = [
            caller.client.post("/api/v1/files/", body, content_type=kind, headers=headers) for _ in range(2)
        ]
        assert [answer.status_code for answer in answers] == [201, 201]
        assert answers[0].json()["id"] == answers[1].json()["id"]
        with network_context(voltara.network):
            assert StoredFile.objects.count() == 1
