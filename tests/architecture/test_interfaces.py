"""The two locks on every door: interfaces find rows with `visible_to`, domains authorise and never queue."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.code import ROOT, functions, product_files, short, tree

INTERFACES = {
    "admin",
    "api",
    "api_urls",
    "context_processors",
    "filters",
    "forms",
    "imports",
    "schema",
    "serializers",
    "tables",
    "templatetags",
    "urls",
    "views",
}
"""Modules and packages that answer people and programs. `dnm/api` and `dnm/web` are interfaces as a whole."""

OWN_FLOORS = ("dnm/api/", "dnm/web/")
MANAGERS = {"objects", "_default_manager", "_base_manager"}

ALLOWED: dict[str, str] = {
    "dnm/api/authentication.py:ApiToken": "who asks is not known yet: the token says it, within the network",
    "dnm/api/idempotency.py:IdempotencyKey": "forgets old keys of the whole network, for beat",
    "dnm/web/demo.py:User": "a global model: the demo's one-time links",
    "dnm/web/health.py:Delivery": "how late the outbox is, for the one who runs the portal: a number, no row",
    "dnm/web/health.py:Network": "a global model",
    "dnm/web/imports/rows.py:ImportRow": "rows of one import, which was found with visible_to",
    "dnm/web/login/handing_over.py:HandOver": "one's own way over, made there and found here by its secret",
    "dnm/web/login/handing_over.py:Membership": "whether the one who comes over is a member: nobody acts yet",
    "dnm/web/login/handing_over.py:Network": "a global model",
    "dnm/web/login/identities.py:IdentityProvider": "offered at the login, before anybody is known",
    "dnm/web/login/identities.py:NetworkIdentity": "one's own, or what a provider has just vouched for",
    "dnm/web/login/views.py:Authenticator": "a global model: the person's own",
    "dnm/web/tabs.py:type(record)": "the record of the page, found with visible_to, to hang the counts on",
    "leads/forms/enquiry.py:ProductLine": "nobody is logged in: the public form offers the network's lines",
}
"""Places that may use a manager without `visible_to`, as "file:model", each with its reason."""


def interfaces() -> list[Path]:
    found = []
    for path in product_files():
        name = short(path)
        parts = set(name.removesuffix(".py").split("/"))
        if name.startswith(OWN_FLOORS) or (
            parts & INTERFACES and not name.startswith(("dnm/imports", "dnm/demo"))
        ):
            found.append(path)
    return found


def naked_managers(path: Path) -> Iterator[tuple[int, str]]:
    """Line and model of every manager that is not followed by `.visible_to(…)` (or `.none()`) at once."""
    followed = {
        id(node.value)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr in {"visible_to", "none"}
    }
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Attribute) and node.attr in MANAGERS and id(node) not in followed:
            yield node.lineno, ast.unparse(node.value)


def test_there_are_interfaces_to_look_at() -> None:
    names = {short(path) for path in interfaces()}
    assert {
        "leads/api.py",
        "partners/views/partners.py",
        "partners/filters/__init__.py",
        "dnm/web/search.py",
    } <= names


def test_interfaces_find_rows_with_visible_to() -> None:
    naked = {f"{short(path)}:{model}": line for path in interfaces() for line, model in naked_managers(path)}
    assert naked.keys() - ALLOWED.keys() == set(), naked


def test_the_allowances_are_all_in_use() -> None:
    naked = {f"{short(path)}:{model}" for path in interfaces() for _line, model in naked_managers(path)}
    assert ALLOWED.keys() - naked == set()


def test_interfaces_do_not_go_round_by_raw_sql_or_shortcuts() -> None:
    banned = {"get_object_or_404", "get_list_or_404", "raw", "RawSQL", "without_python_scope"}
    used = [
        f"{short(path)}:{node.lineno} {name}"
        for path in interfaces()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and (name := getattr(node.func, "attr", getattr(node.func, "id", ""))) in banned
    ]
    assert used == []


def test_the_python_scope_is_switched_off_in_tests_only() -> None:
    users = [
        short(path)
        for path in product_files()
        if "without_python_scope" in path.read_text() and not short(path).startswith("dnm/accounts/tenancy/")
    ]
    assert users == []


def test_querysets_of_scoped_views_are_final() -> None:
    """Nobody overrides the scope of a list: only the two views that define it have a `get_queryset`."""
    defined = [
        short(path) for path in interfaces() for node in functions(path) if node.name == "get_queryset"
    ]
    allowed = {"dnm/api/views.py", "dnm/web/views/lists.py", "dnm/web/views/details.py"}
    assert {name for name in defined if not name.startswith("dnm/web/admin/")} == allowed


def domains() -> list[Path]:
    return [path for path in product_files() if "domain" in path.relative_to(ROOT).parts]


def test_domains_have_no_clock_and_no_queue() -> None:
    """Verbs take `at`; what follows is an event. `Now()` of the database is not a clock of ours."""
    banned = {"now", "utcnow", "today", "delay", "apply_async", "send_task"}
    used = [
        f"{short(path)}:{node.lineno} {node.func.attr}"
        for path in domains()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in banned
    ]
    assert used == []


def test_state_is_set_by_the_workflow_only() -> None:
    """Nobody assigns `.state` of a row or updates it past `advance`, but the ground floor's own queues."""
    own = {
        "dnm/events/delivery.py",
        "dnm/events/retrying.py",
        "dnm/jobs/running.py",
        "dnm/workflow/flows.py",
        "partners/domain/people.py",
    }
    found = []
    for path in product_files():
        if short(path) in own or short(path).startswith(
            ("dnm/demo", "dnm/embedded", "dnm/imports", "dnm/web/admin")
        ):
            continue
        for node in ast.walk(tree(path)):
            assigned = isinstance(node, ast.Assign) and any(
                isinstance(target, ast.Attribute) and target.attr == "state" for target in node.targets
            )
            updated = (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "update"
                and any(keyword.arg == "state" for keyword in node.keywords)
            )
            if assigned or updated:
                found.append(f"{short(path)}:{node.lineno}")
    assert found == []


def test_verbs_are_keyword_only() -> None:
    """A public function of a domain that takes an actor and a time is a verb: no positional guesses."""
    positional = [
        f"{short(path)}:{node.name}"
        for path in domains()
        for node in tree(path).body
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith("_")
        and "at" in {argument.arg for argument in node.args.kwonlyargs}
        and "actor" in {argument.arg for argument in [*node.args.args, *node.args.kwonlyargs]}
        and node.args.args
    ]
    assert positional == []
