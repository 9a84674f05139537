"""The weight of a first load, and what the styles may leave out."""

import gzip
import re
from pathlib import Path

import django_htmx
import pytest
from django.conf import settings

from bin.assets import UNUSED, lean

STATIC = Path(settings.BASE_DIR) / "static"
HTMX = Path(django_htmx.__file__).parent / "static/django_htmx/htmx-2.min.js"
STYLES = ["vendor/tabler.min.css", "css/portal.css", "css/notifications.css"]
SCRIPTS = ["vendor/idiomorph-ext.min.js", "js/portal.js", "js/live.js"]


def weight(*files: Path) -> int:
    return sum(len(gzip.compress(file.read_bytes(), 9)) for file in files)


@pytest.mark.skipif(not (STATIC / "vendor").exists(), reason="bin/assets.py has not run")
def test_the_first_load_is_light() -> None:
    assert weight(*(STATIC / name for name in STYLES)) <= 85_000
    assert weight(HTMX, *(STATIC / name for name in SCRIPTS)) <= 65_000


def test_rules_of_unused_components_are_left_out_and_no_others() -> None:
    css = (
        '@charset "UTF-8";:root{--a:1}.navbar .btn{color:red}.btn,.navbar a{color:blue}'
        ".btn:not(:is(.a,.b)),.card{margin:0}@media print{.carousel{display:none}.card{border:0}}"
    )
    assert lean(css) == (
        '@charset "UTF-8";:root{--a:1}.btn{color:blue}'
        ".btn:not(:is(.a,.b)),.card{margin:0}@media print{.card{border:0}}"
    )


def test_no_page_uses_what_is_left_out() -> None:
    pages = "\n".join(path.read_text() for path in (Path(settings.BASE_DIR) / "templates").rglob("*.html"))
    classes = {name for group in re.findall(r'class="([^"]*)"', pages) for name in group.split()}
    assert not [name for name in classes if name.startswith(UNUSED)]


@pytest.mark.parametrize("name", ["css/portal.css", "css/notifications.css"])
def test_our_styles_know_both_themes_and_both_directions(name: str) -> None:
    text = (STATIC / name).read_text()
    assert not re.search(r"(?:margin|padding)-(?:left|right)\s*:", text)
    assert "prefers-color-scheme" not in text
