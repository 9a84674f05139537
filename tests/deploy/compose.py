"""docker-compose.yml as data: variables filled in the way Compose does."""

import re
import shlex
from pathlib import Path
from typing import Any

import yaml

TOP = Path(__file__).resolve().parents[2]
VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?::(?P<kind>[-?])(?P<rest>[^}]*))?\}")


def raw() -> str:
    return (TOP / "docker-compose.yml").read_text()


def example() -> dict[str, str]:
    """docker/example.env, with something in every value that is left to be filled in."""
    lines = (TOP / "docker" / "example.env").read_text().splitlines()
    pairs = [line.split("=", 1) for line in lines if "=" in line and not line.startswith("#")]
    return {name: value or f"{name.lower().replace('_', '')}{'x' * 50}" for name, value in pairs}


def filled(values: dict[str, str]) -> dict[str, Any]:
    """The file with its variables replaced; a required one that is missing raises KeyError."""

    def value_of(match: re.Match[str]) -> str:
        name = match["name"]
        if match["kind"] == "?":
            return values[name]
        return values.get(name) or match["rest"] or ""

    whole: dict[str, Any] = yaml.safe_load(VARIABLE.sub(value_of, raw()).replace("$$", "$"))
    return whole


def services() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = filled(example())["services"]
    return found


def portal_services() -> dict[str, dict[str, Any]]:
    """Those that run our image."""
    return {name: service for name, service in services().items() if service["image"].startswith("dnm:")}


def command(service: dict[str, Any]) -> list[str]:
    return shlex.split(service["command"])


def option(words: list[str], name: str) -> str:
    """The value of an option in a command."""
    return words[words.index(name) + 1]
