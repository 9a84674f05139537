"""What a checklist asks of an applicant, the partner owes from its first day."""

from datetime import timedelta

import pytest

from dnm.accounts.tenancy import network_context
from dnm.scoping.errors import Invalid
from partners.domain.onboarding.checklist import tick_item
from partners.domain.onboarding.going_live import take_live
from partners.domain.onboarding.papers import with_papers
from partners.domain.onboarding.tracks import draft_track, put_line
from partners.models import Application, ChecklistItem, Document, Partner
from partners.states.documents import DocumentState
from tests.partners.papers import document_type
from tests.partners.taking_on import LIGHT, applied, led_to, open_track
from tests.web.pages import Reader, text_of
from tests.world import NOW, Net

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=20)
PAPER = {
    "position": 1,
    "name": "Tax paper",
    "kind": "document",
    "due_in": "readiness",
    "document_code": "gst",
}


def with_a_paper(net: Net) -> Application:
    """A dealer's application that is ready, with a line that names a document type."""
    document_type(net, hint="From the tax office.", days_to_provide=30)
    open_track(net, stages=LIGHT, lines=())
    row = applied(net)
    with network_context(net.network):
        ChecklistItem.objects.create(network=net.network, application=row, **PAPER)
    return led_to(net, row, "readiness")


def lived(net: Net, row: Application) -> Partner:
    with network_context(net.network):
        actor = net.actor("administrator")
        for item in ChecklistItem.objects.filter(application=row, progress="open"):
            tick_item(item=item, actor=actor, at=LATER)
        return take_live(
            application=row,
            code="V-PAPER",
            parent=net.partners["distributor_north"],
            territory=net.territories["north_a"],
            actor=actor,
            at=LATER,
        )


def test_the_partner_owes_it_at_once(voltara: Net) -> None:
    row = with_a_paper(voltara)
    partner = lived(voltara, row)
    with network_context(voltara.network):
        document = Document.objects.get(partner=partner, type__code="gst")
        assert document.state == DocumentState.MISSING
        assert document.required_from == (LATER + timedelta(days=30)).date()
        row = Application.objects.get(pk=row.pk)
        items = ChecklistItem.objects.filter(application=row)
        (item,) = with_papers(items, row, voltara.actor("administrator"))
        assert item.document == document
        (item,) = with_papers(items, row, voltara.actor("sales_a"))
        assert item.document is None
        (item,) = with_papers(items, row)
        assert (item.paper.code, item.document) == ("gst", None)


def test_the_page_says_which_paper_and_leads_to_it_later(voltara: Net) -> None:
    row = with_a_paper(voltara)
    staff = Reader(voltara, "administrator")
    assert "From the tax office." in text_of(staff.get(row.get_absolute_url()))
    partner = lived(voltara, row)
    with network_context(voltara.network):
        address = Document.objects.get(partner=partner).get_absolute_url()
    assert f'href="{address}"' in staff.get(row.get_absolute_url()).content.decode()


def test_a_line_names_a_type_that_there_is(voltara: Net) -> None:
    kind = document_type(voltara)
    with network_context(voltara.network):
        actor = voltara.system
        track = draft_track(kind="retailer", actor=actor, at=NOW)
        line = put_line(track=track, values=PAPER, actor=actor, at=NOW)
        with pytest.raises(Invalid) as refused:
            put_line(track=track, values={**PAPER, "document_code": "nothing"}, actor=actor, at=NOW)
        assert set(refused.value.fields) == {"document_code"}
        type(kind).objects.filter(pk=kind.pk).update(is_active=False)
        put_line(track=track, line=line, values={**PAPER, "name": "Tax"}, actor=actor, at=NOW)
