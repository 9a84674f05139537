"""Colours of a network: whatever the accent, every tone that is read can be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dnm.web.theme import TEXT_CONTRAST, contrast, is_legible, stylesheet, tones

PAGE = "#fafafa"
DARK_PAGE, DARK_CARD, DARK_RAISED = "#171717", "#262626", "#2e2e2e"
colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@given(colours)
def test_every_tone_of_every_accent_is_legible(accent: str) -> None:
    made = tones(accent)
    assert contrast(made.accent, "#ffffff") >= TEXT_CONTRAST
    for ground in ("#ffffff", PAGE, made.wash_on_light):
        assert contrast(made.text_on_light, ground) >= TEXT_CONTRAST
    for ground in (made.wash_on_dark, DARK_RAISED, DARK_CARD, DARK_PAGE):
        assert contrast(made.text_on_dark, ground) >= TEXT_CONTRAST


def test_a_legible_accent_stays_as_it_is() -> None:
    assert is_legible("#0b6e69")
    assert tones("#0b6e69").accent == "#0b6e69"


def test_an_accent_that_is_too_light_is_refused_and_darkened() -> None:
    assert not is_legible("#ffd400")
    assert tones("#ffd400").accent != "#ffd400"


def test_the_stylesheet_carries_the_accent() -> None:
    assert "--tblr-primary:#0b6e69;" in stylesheet("#0b6e69")
