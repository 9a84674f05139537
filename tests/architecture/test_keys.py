"""References between models: downwards by floor, and within one network."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import models

from dnm.accounts.models import Network
from dnm.accounts.tenancy import AppendOnly, NetworkPolicy, SameNetwork
from dnm.accounts.tenancy.models import NetworkModel, NetworkQuerySet, SameNetworkKey

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
LAYERS = next(contract["layers"] for contract in CONTRACTS if contract["name"].startswith("Floors"))
FLOORS = {
    package.strip(): -number
    for number, line in enumerate(LAYERS)
    for package in line.replace(":", "|").split("|")
}
"""Package → floor, as the import contracts have them: the higher the number, the higher the floor."""

Reference = tuple[type[models.Model], Any]


def references() -> Iterator[Reference]:
    """Every foreign key, one-to-one and many-to-many of our own models, with the field."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_config.name in FLOORS:
            for field in [*model._meta.fields, *model._meta.many_to_many]:
                if field.is_relation:
                    yield model, field


def history(model: type[models.Model]) -> bool:
    return hasattr(model, "pgh_tracked_model")


def test_all_our_apps_have_a_floor() -> None:
    ours = {
        config.name for config in apps.get_app_configs() if (ROOT / config.name.replace(".", "/")).is_dir()
    }
    assert ours <= FLOORS.keys()


def test_foreign_keys_obey_the_floors() -> None:
    """A key given as a string hides from the import contracts."""
    upwards = []
    for model, field in references():
        target = field.related_model
        source_app, target_app = model._meta.app_config.name, target._meta.app_config.name
        if target_app not in FLOORS or source_app == target_app:
            continue
        if FLOORS[target_app] >= FLOORS[source_app]:
            upwards.append(f"{model._meta.label}.{field.name} → {target._meta.label}")
    assert upwards == []


def test_keys_between_tenant_models_are_same_network_keys() -> None:
    loose = [
        f"{model._meta.label}.{field.name}"
        for model, field in references()
        if issubclass(field.related_model, NetworkModel)
        and not isinstance(field, SameNetworkKey)
        and not history(model)
    ]
    assert loose == []


def test_every_same_network_key_has_its_composite_constraint() -> None:
    bare = [
        f"{model._meta.label}.{field.name}"
        for model, field in references()
        if isinstance(field, SameNetworkKey)
        and not history(model)
        and field.name
        not in {
            constraint.field for constraint in model._meta.constraints if isinstance(constraint, SameNetwork)
        }
    ]
    assert bare == []


def test_global_models_do_not_point_at_tenant_rows() -> None:
    pointing = [
        f"{model._meta.label}.{field.name}"
        for model, field in references()
        if issubclass(field.related_model, NetworkModel)
        and not issubclass(model, NetworkModel)
        and not history(model)
    ]
    assert pointing == []


@pytest.mark.parametrize(
    "model",
    [model for model in apps.get_models() if issubclass(model, NetworkModel)],
    ids=lambda m: m._meta.label,
)
def test_a_tenant_model_keeps_what_it_inherits(model: Any) -> None:
    """A Meta that forgets the inherited constraints, or a manager of another kind, would open the model."""
    constraints = model._meta.constraints
    assert any(isinstance(constraint, NetworkPolicy) for constraint in constraints)
    unique = {
        tuple(constraint.fields)
        for constraint in constraints
        if isinstance(constraint, models.UniqueConstraint)
    }
    assert {("network", "id"), ("network", "uid")} <= unique
    for manager in [model._default_manager, model._base_manager, *model._meta.managers]:
        assert isinstance(manager.get_queryset(), NetworkQuerySet), manager.name
    assert model._meta.get_field("network").related_model is Network
    assert not model._meta.get_field("network").null


@pytest.mark.parametrize(
    "model", [model for model in apps.get_models() if history(model)], ids=lambda m: m._meta.label
)
def test_a_history_has_the_network_its_policy_and_no_way_back(model: Any) -> None:
    kinds = [type(constraint) for constraint in model._meta.constraints]
    assert kinds.count(NetworkPolicy) == kinds.count(AppendOnly) == 1
    assert not model._meta.get_field("network").null


def test_no_model_listens_to_signals() -> None:
    """What follows from a change is an event and its receivers, visible in the log."""
    from django.db.models import signals

    watched = [
        signals.pre_save,
        signals.post_save,
        signals.pre_delete,
        signals.post_delete,
        signals.m2m_changed,
    ]
    ours = []
    for signal in watched:
        for receiver in signal.receivers:
            function = (
                receiver[1]()
                if callable(receiver[1]) and hasattr(receiver[1], "__callback__")
                else receiver[1]
            )
            module = getattr(function, "__module__", "") or ""
            if module.split(".")[0] in {
                "dnm",
                "partners",
                "leads",
                "inventory",
                "training",
                "claims",
                "analytics",
            }:
                ours.append(f"{module}.{getattr(function, '__qualname__', function)}")
    assert ours == []
