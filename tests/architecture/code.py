"""The project's own Python files, as git knows them, and their syntax trees."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@cache
def files() -> list[Path]:
    """Every Python file under version control (or about to be), but migrations, which are made by a tool."""
    answer = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    found = [ROOT / line for line in answer.stdout.splitlines() if "/migrations/" not in line]
    return sorted(path for path in found if path.is_file())


def product_files() -> list[Path]:
    """Without tests, benches and set-up scripts."""
    return [
        path for path in files() if path.relative_to(ROOT).parts[0] not in {"tests", "bench", "bin", "docker"}
    ]


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), str(path))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of the body: neither the signature, which names one argument a line, nor the docstring."""
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    return (node.end_lineno or node.lineno) - body[0].lineno + 1 if body else 0


def short(path: Path) -> str:
    return str(path.relative_to(ROOT))
