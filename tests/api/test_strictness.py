"""The strict serializer: unknown keys are refused by name, however deep."""

from rest_framework import serializers

from dnm.api.errors import flattened
from dnm.api.serializers import StrictSerializer


class Line(StrictSerializer):
    quantity = serializers.IntegerField()


class Order(StrictSerializer):
    number = serializers.CharField(read_only=True)
    lines = Line(many=True)
    ship_to = Line(required=False)


def faults(body: object) -> dict[str, list[str]]:
    read = Order(data=body)
    assert not read.is_valid()
    return flattened(read.errors)


def test_unknown_keys_at_every_level() -> None:
    body = {
        "lines": [{"quantity": 1}, {"quantity": 1, "colour": "red"}],
        "ship_to": {"quantity": 1, "x": 1},
        "y": 2,
    }
    assert set(faults(body)) == {"lines.1.colour", "ship_to.x", "y"}


def test_read_only_keys_are_unknown_in_a_write() -> None:
    assert set(faults({"lines": [], "number": "7"})) == {"number"}


def test_known_faults_and_unknown_keys_together() -> None:
    assert set(faults({"lines": [{"quantity": "many", "z": 1}], "y": 2})) == {
        "lines.0.quantity",
        "lines.0.z",
        "y",
    }


def test_what_is_right_passes() -> None:
    read = Order(data={"lines": [{"quantity": 1}]})
    assert read.is_valid()
    assert read.validated_data == {"lines": [{"quantity": 1}]}
