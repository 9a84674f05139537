"""The portal offers the languages that it has catalogues for; numbers are the network's own in each."""

from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from django.conf import settings as live_settings
from django.utils import translation

from dnm.accounts.languages import spoken
from dnm.accounts.models import Network, User
from dnm.accounts.tenancy import network_context
from partners.admin.networks import FoundingForm
from partners.admin.settings import LANGUAGE, NetworkForm
from partners.domain.networks import update_network
from tests.web.pages import Reader
from tests.world import NOW, Net

THREE = [("en", "English"), ("de", "German"), ("hi", "Hindi")]
BRANDS = {
    "voltara": {"money": "₹12,34,567.50", "number": "12,34,567.5", "distance": "4.1 "},
    "nordwerk": {"money": "1.234.567,50 €", "number": "1.234.567,5", "distance": "4,1 "},
}


@pytest.fixture
def german(tmp_path: Path, settings: Any) -> None:
    """A catalogue as docs/web.md adds it, compiled without gettext's tools."""
    catalogue = Catalog(locale="de")
    catalogue.add("Log in first.", "Bitte zuerst anmelden.")
    folder = tmp_path / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "django.mo").open("wb") as compiled:
        write_mo(compiled, catalogue)
    settings.LOCALE_PATHS = [tmp_path]
    settings.LANGUAGES = THREE[:2]


def written(net: Net, who: str = "", **headers: str) -> dict[str, str]:
    answer = Reader(net, who).get("/written/", **headers)
    assert answer.status_code == 200
    return answer.json()  # type: ignore[attr-defined, no-any-return]


def test_every_language_that_is_offered_has_a_catalogue() -> None:
    """English is the source and needs none; what is compiled stands beside what it was compiled from."""
    for code, _name in live_settings.LANGUAGES:
        if code != live_settings.LANGUAGE_CODE:
            for folder in live_settings.LOCALE_PATHS:
                messages = Path(folder) / translation.to_locale(code) / "LC_MESSAGES"
                assert (messages / "django.po").is_file(), code
                assert (messages / "django.mo").is_file(), code


@pytest.mark.parametrize("asked", ["hi", "de", "de-AT,de;q=0.9,hi;q=0.5", "xx", "en-GB"])
def test_a_language_without_a_catalogue_is_not_half_spoken(voltara: Net, asked: str) -> None:
    """Django brings catalogues of its own, so a page would mix two languages."""
    english = Reader(voltara).get("/accounts/password/reset/")
    page = Reader(voltara).get("/accounts/password/reset/", **{"accept-language": asked})
    assert b'<html lang="en"' in page.content
    assert len(page.content) == len(english.content)


@pytest.mark.urls("tests.web.roads")
@pytest.mark.parametrize("stored", ["hi", "de", "klingon"])
def test_what_a_person_chose_once_and_is_spoken_no_more_reads_english(voltara: Net, stored: str) -> None:
    User.objects.filter(pk=voltara.members["sales_a"].user_id).update(language=stored)
    assert written(voltara, "sales_a")["language"] == "en"
    assert spoken(stored, "en") == "en"
    assert spoken("", stored) == live_settings.LANGUAGE_CODE


@pytest.mark.urls("tests.web.roads")
@pytest.mark.parametrize("languages", [THREE[:1], THREE], ids=["english", "three"])
@pytest.mark.parametrize("asked", ["", "en", "de", "hi"])
def test_numbers_are_the_networks_own_in_every_language(
    world: tuple[Net, Net], settings: Any, languages: Any, asked: str
) -> None:
    settings.LANGUAGES = languages
    with network_context(world[1].network):
        Network.objects.filter(pk=world[1].network.pk).update(locale="de_DE")
    for net in world:
        found = written(net, "sales_a", **({"accept-language": asked} if asked else {}))
        for name, text in BRANDS[net.network.slug].items():
            assert found[name].replace("\xa0", " ").startswith(text), (net.network.slug, name)


@pytest.mark.urls("tests.web.roads")
def test_a_catalogue_that_is_added_is_spoken(voltara: Net, german: None) -> None:
    assert written(voltara, **{"accept-language": "de"})["word"] == "Bitte zuerst anmelden."
    assert written(voltara, **{"accept-language": "en"})["word"] == "Log in first."
    User.objects.filter(pk=voltara.members["sales_a"].user_id).update(language="de")
    assert written(voltara, "sales_a", **{"accept-language": "en"})["word"] == "Bitte zuerst anmelden."


def test_forms_ask_for_a_language_only_where_there_is_one_to_choose(db: None) -> None:
    for form in (NetworkForm, FoundingForm):
        assert ("language" in form.base_fields) == (len(live_settings.LANGUAGES) > 1)
    assert set(LANGUAGE) <= {"language"}


def test_a_network_whose_language_has_gone_can_still_be_changed(voltara: Net) -> None:
    with network_context(voltara.network):
        type(voltara.network).objects.filter(pk=voltara.network.pk).update(language="hi")
        changed = update_network(
            network=voltara.network,
            changes={"portal_name": "Voltara World"},
            actor=voltara.actor("administrator"),
            at=NOW,
        )
    assert (changed.portal_name, changed.language) == ("Voltara World", "hi")
