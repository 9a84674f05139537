"""Owners named in a partner import: invited by a job, once, and members only when they accept."""

from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.core import mail
from django.utils import timezone

from dnm.accounts.models import Membership
from dnm.accounts.tenancy import network_context
from dnm.imports.declaring import importer_named
from dnm.imports.domain.ending import repeat_import
from dnm.imports.models import ImportRow, ImportRun
from dnm.jobs.models import Job
from partners.domain.invitations import accept_with_login, accept_with_new_login
from partners.domain.inviting_many import KIND as INVITING
from partners.models import Invitation, PostalArea
from tests.imports.steps import again, applied, checked, mapped, rows, upload, worked
from tests.world import NOW, Net

OWNERS = """code,trade name,kind,parent code,postal code,owner,owner mail
x,X,dealer,brand,NA1,Asha Rao,asha@example.com
y,Y,dealer,brand,NA1,,asha@example.com
z,Z,dealer,brand,NA1,Nobody,not an address
dealer_a,Voltara dealer_a,dealer,,,,owner_a@voltara.example
"""


def preview(net: Net, text: str = OWNERS, **options: str) -> tuple[ImportRun, dict[int, ImportRow]]:
    run = upload(net, importer_named("partners"), text)
    run = checked(net, mapped(net, run, options=options))
    return run, rows(net, run)


def invited(net: Net, run: ImportRun) -> dict[str, Any]:
    """Let the worker do the one job that follows; its result."""
    with network_context(net.network):
        job = Job.objects.get(uid__in=run.follow_ups)
    return dict(worked(net, job).result)


def test_owners_are_invited_by_one_job_and_become_nobody_before_they_accept(voltara: Net) -> None:
    run, found = preview(voltara)
    assert [error["field"] for error in found[4].errors] == ["owner_email"]
    assert run.outlook == "3 owners with an e-mail are invited when the import is done."
    with network_context(voltara.network):
        assert not Job.objects.filter(kind=INVITING).exists()
    run = applied(voltara, run)
    assert invited(voltara, run) == {"invited": 2, "already": 1, "refused": []}
    with network_context(voltara.network):
        assert not Membership.objects.filter(user__email="asha@example.com").exists()
        rows = Invitation.objects.filter(email="asha@example.com").select_related("partner")
        named = {(row.partner.code, row.name, row.role, row.inviter_name) for row in rows}
        inviter = voltara.actor("administrator").name
    assert named == {
        ("x", "Asha Rao", "partner_owner", inviter),
        ("y", "asha", "partner_owner", inviter),
    }


def test_the_same_file_again_invites_nobody_twice(voltara: Net) -> None:
    invited(voltara, applied(voltara, preview(voltara)[0]))
    second = applied(voltara, preview(voltara)[0])
    assert invited(voltara, second) == {"invited": 0, "already": 3, "refused": []}


def test_the_owner_of_a_bad_row_is_invited_when_the_row_comes_in(voltara: Net) -> None:
    run = applied(voltara, preview(voltara, OWNERS + "w,W,dealer,brand,ZZ9,Ravi,ravi@example.com\n")[0])
    before = run.follow_ups
    with network_context(voltara.network):
        north = voltara.territories["north_a"]
        PostalArea.objects.create(network=voltara.network, territory=north, country="IN", code="ZZ9")
        repeated = repeat_import(run=run, actor=voltara.actor("administrator"), at=NOW)
    worked(voltara, repeated)
    run = applied(voltara, again(voltara, run))
    run.follow_ups = [uid for uid in run.follow_ups if uid not in before]
    assert invited(voltara, run) == {"invited": 1, "already": 0, "refused": []}


def test_who_accepted_is_not_asked_again_though_the_card_lies_elsewhere(voltara: Net) -> None:
    invited(voltara, applied(voltara, preview(voltara)[0]))
    with network_context(voltara.network):
        one, other = Invitation.objects.filter(email="asha@example.com").order_by("partner__code")
        for row in (one, other):
            Invitation.objects.filter(pk=row.pk).update(digest=f"digest-{row.pk}")
            row.refresh_from_db()
        at = timezone.now()
        membership = accept_with_new_login(invitation=one, name="Asha Rao", at=at)
        accept_with_login(invitation=other, user=membership.user, at=at)
    second = applied(voltara, preview(voltara)[0])
    assert invited(voltara, second) == {"invited": 0, "already": 3, "refused": []}


def test_owners_are_left_alone_when_the_wizard_is_told_so(voltara: Net) -> None:
    run, _found = preview(voltara, owners="later")
    run = applied(voltara, run)
    assert (run.outlook, run.follow_ups) == ("", [])
    with network_context(voltara.network):
        assert not Invitation.objects.exists()


@pytest.mark.sweep
def test_a_whole_network_with_its_first_users_comes_in_by_one_workbook(voltara: Net) -> None:
    """850 partners in any order, two of them bad, each with an owner: and once more, without a duplicate."""
    count = 850
    run = upload(voltara, importer_named("partners"), workbook(count), name="network.xlsx")
    run = checked(voltara, mapped(voltara, run))
    assert (run.counts["create"], run.counts["bad"]) == (count - 2, 2)
    run = applied(voltara, run)
    assert (run.counts["applied"], run.counts["bad"]) == (count - 2, 2)
    assert invited(voltara, run) == {"invited": count - 2, "already": 0, "refused": []}
    assert len({letter.to[0] for letter in mail.outbox}) == len(mail.outbox) == count - 2
    second = upload(voltara, importer_named("partners"), workbook(count), name="network.xlsx")
    second = applied(voltara, checked(voltara, mapped(voltara, second)))
    assert second.counts["unchanged"] == count - 2
    assert invited(voltara, second) == {"invited": 0, "already": count - 2, "refused": []}
    assert len(mail.outbox) == count - 2


def workbook(count: int) -> bytes:
    """Distributors, and dealers below them who stand before them in the file; two rows have no such kind."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["code", "trade name", "kind", "parent code", "postal code", "owner", "owner mail"])
    for number in reversed(range(count)):
        is_head = number < count // 20
        kind = "emperor" if number in {count - 1, count - 7} else "distributor" if is_head else "dealer"
        parent = "brand" if is_head else f"P{number % (count // 20)}"
        person = f"owner{number}@partner.example"
        sheet.append([f"P{number}", f"Partner {number}", kind, parent, "NA1", f"Owner {number}", person])
    file = BytesIO()
    book.save(file)
    return file.getvalue()
