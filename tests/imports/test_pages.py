"""The wizard as a person clicks through it, and the doors that stay shut for everybody else."""

import io
import re
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dnm.accounts.tenancy import network_context
from dnm.imports.models import ImportRun
from dnm.jobs.models import Job
from dnm.jobs.running import run_job
from partners.models import Partner
from partners.roles import Role
from tests.imports.conftest import LineImporter
from tests.imports.steps import again, applied, staged
from tests.world import NOW, Net, add_person

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
DEALERS = """Dealer code;Shop name;Type;Parent;PIN;Lat;Lon
N-1;Voltara new one;Händler;distributor_north;NA1;28,61;77,21
N-2;=HYPERLINK("http://evil.example");Händler;nobody-knows;NA1;28,61;77,21
N-3;Voltara three;Laden;N-1;NA1;77,21;28,61
"""


class Person:
    """A member with a browser."""

    def __init__(self, net: Net, name: str) -> None:
        self.net = net
        self.client = Client()
        self.client.force_login(net.members[name].user, backend=BACKEND)
        session = self.client.session
        session["network"] = net.network.pk
        session.save()

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(path, headers={"host": self.net.host, **headers})

    def post(self, path: str, data: dict[str, Any] | None = None) -> Any:
        return self.client.post(path, data or {}, headers={"host": self.net.host})

    def upload(self, text: str, importer: str = "partners") -> Any:
        file = SimpleUploadedFile("dealers.csv", text.encode("cp1252"))
        return self.post("/imports/new/", {"importer": importer, "file": file})


def work(net: Net) -> None:
    """The worker takes what is queued."""
    with network_context(net.network):
        jobs = list(Job.objects.filter(state="queued").values_list("pk", flat=True))
    for job in jobs:
        run_job(net.network.pk, job)


def text(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_from_upload_to_report(voltara: Net) -> None:
    admin = Person(voltara, "administrator")
    assert "Nothing has been imported yet" in text(admin.get("/imports/"))
    assert "Template" in text(admin.get("/imports/new/"))
    answer = admin.upload(DEALERS)
    columns = answer["Location"]
    page = admin.get(columns)
    assert "cp1252 was assumed" in text(page)
    assert "semicolons" in text(page)
    fields = _fields(page.content.decode())
    assert fields["column-code"] == "column:Dealer code"
    assert fields["column-kind"] == "column:Type"
    assert "Kind “Händler” means" in text(page)
    answer = admin.post(columns, {**fields, "word-kind-0": "dealer", "option-parents": "refuse"})
    assert answer.status_code == 422, "a word is left unexplained"
    answer = admin.post(columns, {**fields, "word-kind-0": "dealer", "word-kind-1": "retailer"})
    detail = answer["Location"]
    page = admin.get(detail)
    assert "Check dealers.csv" in text(page)
    assert 'hx-trigger="job, every 5s"' in page.content.decode()
    work(voltara)
    page = admin.get(detail)
    assert "Will be new 2" in text(page)
    assert "Refused 1" in text(page)
    assert "Latitude and longitude were exchanged" in text(page)
    assert "expected code of a partner of this file or of the network, got nobody-knows" in text(page)
    with network_context(voltara.network):
        assert not Partner.objects.filter(code__startswith="N-").exists(), "a preview changes nothing"
    admin.post(f"{detail}start/")
    gone = admin.get(detail, **{"hx-request": "true", "hx-target": "import-progress"})
    assert gone.status_code == 200
    assert b"<progress" in gone.content
    work(voltara)
    gone = admin.get(detail, **{"hx-request": "true", "hx-target": "import-progress"})
    assert gone["HX-Refresh"] == "true"
    page = admin.get(f"{detail}?show=bad")
    assert "Applied 2" in text(page)
    assert "Voltara three" not in text(page)
    with network_context(voltara.network):
        three: Any = Partner.objects.select_related("parent").get(code="N-3")
        assert (three.parent.code, three.kind, three.latitude) == ("N-1", "retailer", 28.61)
    answer = admin.get(f"{detail}errors/")
    assert answer["Content-Disposition"] == 'attachment; filename="dealers-bad-rows.csv"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    bad = answer.content.decode("utf-8-sig")
    assert """N-2;"'=HYPERLINK(""http://evil.example"")";""" in bad
    listed = text(admin.get("/imports/"))
    assert "dealers.csv" in listed
    assert "Voltara administrator" in listed


def test_a_file_that_cannot_be_read_is_refused_at_its_field(voltara: Net) -> None:
    answer = Person(voltara, "administrator").upload('{"json": [1]}')
    assert answer.status_code == 422
    assert "This is a JSON file, not a spreadsheet" in text(answer)
    with network_context(voltara.network):
        assert not ImportRun.objects.exists()


def test_reading_differently(voltara: Net) -> None:
    admin = Person(voltara, "administrator")
    columns = admin.upload("code;name\nmore;header\nZ-1;Zoë\n")["Location"]
    uid = columns.split("/")[2]
    with network_context(voltara.network):
        run = ImportRun.objects.get(uid=uid)
    assert run.headers == ["code", "name"]
    answer = admin.post(
        f"/imports/{uid}/reading/", {"encoding": "cp1250", "delimiter": ";", "header_row": "2"}
    )
    assert answer.status_code == 302
    run = again(voltara, run)
    assert (run.headers, run.choices["encoding"], run.choices["delimiter"]) == (
        ["more", "header"],
        "cp1250",
        "",
    )
    answer = admin.post(
        f"/imports/{uid}/reading/", {"encoding": "shift_jis", "delimiter": ";", "header_row": "x"}
    )
    assert answer.status_code == 422


def test_cancel_and_take_up_again(voltara: Net, lines_importer: LineImporter) -> None:
    admin = Person(voltara, "administrator")
    run = staged(voltara, lines_importer, "code,name\nq1,One\nq2,Two\n")
    detail = run.get_absolute_url()
    admin.post(f"{detail}cancel/")
    assert "Not applied: the import was cancelled" in text(admin.get(detail))
    assert admin.post(f"{detail}cancel/").status_code == 409
    admin.post(f"{detail}repeat/")
    work(voltara)
    assert "Will be new 2" in text(admin.get(detail))
    assert applied(voltara, run).counts["applied"] == 2


def test_a_template_with_help_for_each_column(voltara: Net) -> None:
    answer = Person(voltara, "administrator").get("/imports/template/partners/")
    assert answer["Content-Disposition"] == 'attachment; filename="partners.xlsx"'
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    assert [cell.value for cell in sheet[1]][:4] == ["Code", "Trade name", "Legal name", "Kind"]
    assert sheet["D1"].comment is not None
    assert sheet["G2"].value == "570001"


@pytest.mark.parametrize("name", ["owner_a", "sales_a", "zone_north", "auditor", "nobody", "finance"])
def test_who_may_not_import_sees_no_page(voltara: Net, lines_importer: LineImporter, name: str) -> None:
    run = applied(voltara, staged(voltara, lines_importer, "code,name\ns1,Secret name\ns2,quarrel\n"))
    stranger = Person(voltara, name)
    for path in ["/imports/", "/imports/new/", "/imports/template/partners/", *_pages(run)]:
        answer = stranger.get(path)
        assert answer.status_code == 403, path
        assert "Secret" not in text(answer)
    for verb in ("start", "cancel", "repeat", "check", "reading", "columns"):
        assert stranger.post(f"{run.get_absolute_url()}{verb}/").status_code == 403


def test_an_import_of_another_network_is_not_there(
    voltara: Net, nordwerk: Net, lines_importer: LineImporter
) -> None:
    run = applied(voltara, staged(voltara, lines_importer, "code,name\ns1,Secret name\ns2,quarrel\n"))
    rival = Person(nordwerk, "administrator")
    unknown = "/imports/01900000-0000-7000-8000-000000000000/"
    assert "lines.csv" not in text(rival.get("/imports/"))
    for path in _pages(run):
        answer, nothing = rival.get(path), rival.get(path.replace(run.get_absolute_url(), unknown))
        assert answer.status_code == nothing.status_code == 404, path
        assert answer.content == nothing.content
    for verb in ("start", "cancel", "repeat", "check", "reading", "columns"):
        assert rival.post(f"{run.get_absolute_url()}{verb}/").status_code == 404


def test_an_administrator_of_one_zone_sees_only_its_own_imports(
    voltara: Net, lines_importer: LineImporter
) -> None:
    with network_context(voltara.network):
        from partners.domain.access import grant_role

        member = add_person(voltara, "north_admin", "brand")
        node = voltara.territories["north"]
        grant_role(
            membership=member, role=Role.NETWORK_ADMINISTRATOR, node=node, actor=voltara.system, at=NOW
        )
    run = applied(voltara, staged(voltara, lines_importer, "code,name\ns1,Secret name\ns2,quarrel\n"))
    person = Person(voltara, "north_admin")
    assert "lines.csv" not in text(person.get("/imports/"))
    for path in _pages(run):
        assert person.get(path).status_code == 404
    own = person.upload("code;name\nz1;Zone\n", "test-lines")["Location"]
    assert person.get(own).status_code == 200
    assert "dealers.csv" in text(person.get("/imports/"))
    assert "dealers.csv" in text(Person(voltara, "administrator").get("/imports/"))


def test_a_stranger_is_sent_to_the_login(voltara: Net) -> None:
    answer = Client().get("/imports/", headers={"host": voltara.host})
    assert answer.status_code == 302
    assert "/accounts/login/" in answer["Location"]


def test_the_number_of_queries_does_not_grow_with_the_rows(
    voltara: Net, lines_importer: LineImporter, django_assert_max_num_queries: Any
) -> None:
    admin = Person(voltara, "administrator")
    small = staged(voltara, lines_importer, "code,name\nm1,One\n")
    large = staged(voltara, lines_importer, "code,name\n" + "".join(f"m{n},odd {n}\n" for n in range(40)))
    admin.get(small.get_absolute_url())
    for run in (small, large):
        with django_assert_max_num_queries(14):
            assert admin.get(run.get_absolute_url()).status_code == 200
    with django_assert_max_num_queries(14):
        assert admin.get("/imports/").status_code == 200


def _pages(run: ImportRun) -> list[str]:
    detail = run.get_absolute_url()
    return [detail, f"{detail}columns/", f"{detail}errors/"]


def _fields(html: str) -> dict[str, str]:
    """What the first form of the page would send as it stands."""
    found = {}
    for name, body in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', html, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', body)
        found[name] = chosen[1] if chosen else ""
    for name, value in re.findall(r'<input type="radio" name="([^"]+)" value="([^"]+)"[^>]*checked', html):
        found[name] = value
    return found
