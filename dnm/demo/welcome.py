"""demo.json, for a person or a script to use everything at once, and what is printed of it."""

import json
from pathlib import Path
from typing import Any


def readdress(file: Path, port: int) -> None:
    """The port may be another than the one of the run that seeded."""
    demo = json.loads(file.read_text())
    demo["base"] = f"http://127.0.0.1:{port}"
    for network in demo["networks"]:
        network["host"] = f"{network['slug']}.localhost:{port}"
    draft = file.with_suffix(".draft")
    draft.write_text(json.dumps(demo, indent=2, ensure_ascii=False) + "\n")
    draft.replace(file)


def welcome(file: Path) -> str:
    """The networks and a few logins of each; all are in demo.json and on the page at the base address."""
    demo: dict[str, Any] = json.loads(file.read_text())
    lines = [""]
    for network in demo["networks"]:
        lines.append(f"  http://{network['host']}")
        logins = [login for login in demo["logins"] if login["network"] == network["slug"]]
        first_by_role = {tuple(login["roles"]): login for login in reversed(logins)}
        for login in sorted(first_by_role.values(), key=logins.index)[:5]:
            place = login.get("partner") or login.get("territory") or ""
            lines.append(
                f"    {login['email']:<42} {login['password']:<18} {', '.join(login['roles'])}  {place}"
            )
    lines.append(f"\n  {len(demo['logins'])} logins with one click each: {demo['base']}")
    return "\n".join(lines)
