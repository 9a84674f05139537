"""PostgreSQL column types that Django has no field for."""

from typing import Any

from django.db import models


class LtreeField(models.TextField):
    """A path of node ids, root first: `1.15.203`. Written by triggers only."""

    description = "Tree path (ltree)"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["editable"] = False
        super().__init__(*args, **kwargs)

    def db_type(self, connection: Any) -> str:
        return "ltree"


class CubeField(models.Field):
    """A point in space (unit vector on the sphere) for nearest-neighbour searches. Written by triggers
    only.
    """

    description = "Point (cube)"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["editable"] = False
        super().__init__(*args, **kwargs)

    def db_type(self, connection: Any) -> str:
        return "cube"


class Below(models.Lookup):
    """`path__below="1.15"`: the node itself and everything under it."""

    lookup_name = "below"

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"{left} <@ {right}::ltree", [*left_params, *right_params]


class Above(models.Lookup):
    """`path__above="1.15.203"`: the node itself and those above it."""

    lookup_name = "above"

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"{left} @> {right}::ltree", [*left_params, *right_params]


class Through(models.Lookup):
    """`path__through=15`: paths that lead through the node, or end in it, wherever it stood then."""

    lookup_name = "through"

    def get_prep_lookup(self) -> Any:
        return f"*.{int(self.rhs)}.*"

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"{left} ~ {right}::lquery", [*left_params, *right_params]


LtreeField.register_lookup(Above)
LtreeField.register_lookup(Through)
LtreeField.register_lookup(Below)
