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


SHOWN = ("network_administrator", "zone_manager", "partner_owner", "sales")
"""Roles of whom one login each is printed: from the brand's desk down to the dealer's counter."""


def welcome(file: Path) -> str:
    """The networks and a few logins of each; all are in demo.json and on the page at the base address."""
    demo: dict[str, Any] = json.loads(file.read_text())
    lines = [""]
    for network in demo["networks"]:
        lines.append(f"  http://{network['host']}")
        for role in SHOWN:
            holders = [
                login
                for login in demo["logins"]
                if login["network"] == network["slug"] and login["roles"] == [role]
            ]
            for login in holders[:1]:
                place = login.get("partner") or login.get("territory") or ""
                lines.append(
                    f"    {login['email']:<40} {login['password']:<20} {role.replace('_', ' ')}, {place}"
                )
    lines.append(f"\n  {len(demo['logins'])} logins with one click each: {demo['base']}")
    return "\n".join(lines)
