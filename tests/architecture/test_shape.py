"""Sizes and names: files and functions that a person can hold in mind, modules named for what they give."""

import ast
import statistics
from pathlib import Path

from tests.architecture.code import files, functions, length, product_files, short, tree

LONGEST_FILE = 400
LONGEST_FUNCTION = 50
ALLOWED_LONG_FILES = {
    "dnm/settings.py": "one list of settings, read from the top",
}
JUNK_DRAWERS = {
    "common",
    "core",
    "generic",
    "helper",
    "helpers",
    "lib",
    "manager",
    "managers",
    "misc",
    "mixins",
    "service",
    "services",
    "shared",
    "stuff",
    "tools",
    "util",
    "utils",
}


def lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def test_no_file_is_too_long() -> None:
    long = {short(path): lines(path) for path in files() if lines(path) > LONGEST_FILE}
    assert long.keys() <= ALLOWED_LONG_FILES.keys(), long


def test_most_files_are_short() -> None:
    sizes = sorted(lines(path) for path in product_files() if lines(path) > 0)
    assert statistics.median(sizes) <= 90
    assert sizes[len(sizes) * 9 // 10] <= 300


def test_no_function_is_too_long() -> None:
    long = {
        f"{short(path)}:{node.name}": length(node)
        for path in files()
        for node in functions(path)
        if length(node) > LONGEST_FUNCTION
    }
    assert long == {}


def test_no_module_is_a_junk_drawer() -> None:
    junk = [short(path) for path in files() if JUNK_DRAWERS & set(short(path).removesuffix(".py").split("/"))]
    assert junk == []


def test_every_module_says_what_it_is() -> None:
    silent = [
        short(path) for path in product_files() if tree(path).body and ast.get_docstring(tree(path)) is None
    ]
    assert silent == []


def test_nothing_is_left_for_later() -> None:
    marks = ("TO" + "DO", "FIX" + "ME", "X" * 3, "HA" + "CK")
    marked = [
        f"{short(path)}:{number}"
        for path in files()
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if any(f"# {mark}" in line or f"{mark}:" in line for mark in marks)
    ]
    assert marked == []


def test_nobody_swallows_exceptions() -> None:
    swallowed = [
        f"{short(path)}:{node.lineno}"
        for path in product_files()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or ast.unparse(node.type) in {"Exception", "BaseException"})
        and all(isinstance(line, ast.Pass) for line in node.body)
    ]
    assert swallowed == []
