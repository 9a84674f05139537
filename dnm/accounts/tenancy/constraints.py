"""What the database itself enforces about networks, written as model constraints so that migrations
carry it.
"""

from collections.abc import Sequence
from typing import Any

from django.db.backends.ddl_references import Statement, Table
from django.db.models.constraints import BaseConstraint

CURRENT_NETWORK = "(SELECT nullif(current_setting('app.network', true), '')::bigint)"
"""A scalar sub-select, so that PostgreSQL evaluates it once a query and keeps using indexes."""


class _StatementConstraint(BaseConstraint):
    """A constraint made of plain statements, run after the table stands."""

    def statements(self, table: str) -> list[str]:
        raise NotImplementedError

    def undo(self, table: str) -> list[str]:
        raise NotImplementedError

    def constraint_sql(self, model: Any, schema_editor: Any) -> Any:
        schema_editor.deferred_sql.append(self.create_sql(model, schema_editor))

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        return self._joined(model, schema_editor, self.statements)

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        return self._joined(model, schema_editor, self.undo)

    def _joined(self, model: Any, schema_editor: Any, make: Any) -> Statement:
        sql = ";\n".join(make(schema_editor.quote_name(model._meta.db_table))).replace("%", "%%")
        return Statement(sql + "%(nothing)s", nothing=_Nothing(model._meta.db_table, lambda _: ""))

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """Nothing to check in Python: the database is the judge."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and self.deconstruct() == other.deconstruct()

    __hash__ = BaseConstraint.__hash__


class _Nothing(Table):
    """Renders to nothing, and lets the schema editor know which table a deferred statement belongs to."""

    def __str__(self) -> str:
        return ""


class NetworkPolicy(_StatementConstraint):
    """Forced row-level security: `dnm_app` sees the current network's rows, `dnm_owner` sees all.

    `readable_by_all` lets the application read every network's rows (host names must be resolved before the
    network is known) and still write only its own. `column` names the network's key.
    """

    def __init__(self, *, name: str, column: str = "network_id", readable_by_all: bool = False) -> None:
        super().__init__(name=name)
        self.column = column
        self.readable_by_all = readable_by_all

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        if self.column != "network_id":
            kwargs["column"] = self.column
        if self.readable_by_all:
            kwargs["readable_by_all"] = True
        return path, args, kwargs

    def statements(self, table: str) -> list[str]:
        mine = f"{self.column} = {CURRENT_NETWORK}"
        if self.readable_by_all:
            mine = f"({mine} OR current_setting('app.operator', true) = 'on')"
        made = [
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            f"CREATE POLICY app_rows ON {table} TO dnm_app USING ({mine}) WITH CHECK ({mine})",
            f"CREATE POLICY owner_rows ON {table} TO dnm_owner USING (true) WITH CHECK (true)",
        ]
        if self.readable_by_all:
            made.append(f"CREATE POLICY app_reads ON {table} FOR SELECT TO dnm_app USING (true)")
        return made

    def undo(self, table: str) -> list[str]:
        names = ["app_rows", "owner_rows", *(["app_reads"] if self.readable_by_all else [])]
        return [
            *(f"DROP POLICY {name} ON {table}" for name in names),
            f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
        ]


class AppendOnly(_StatementConstraint):
    """The application may add rows and read them, never change or remove them."""

    def statements(self, table: str) -> list[str]:
        return [f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM dnm_app"]

    def undo(self, table: str) -> list[str]:
        return [f"GRANT UPDATE, DELETE ON {table} TO dnm_app"]


class SameNetwork(BaseConstraint):
    """A reference that cannot leave its network: `FOREIGN KEY (network_id, x_id) REFERENCES t (network_id,
    id)`.

    Foreign keys are checked without row-level security, so a plain key would accept, and thereby reveal,
    another network's row. The named field is a `SameNetworkKey`; the target has UNIQUE (network_id, id).
    """

    def __init__(self, *, fields: Sequence[str], name: str) -> None:
        super().__init__(name=name)
        (self.field,) = fields

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        kwargs["fields"] = (self.field,)
        return path, args, kwargs

    def constraint_sql(self, model: Any, schema_editor: Any) -> Any:
        self.create_sql(model, schema_editor)

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        """Runs at the end of the migration, when the target's unique key stands as well."""
        schema_editor.deferred_sql.append(self._statement(model, schema_editor))

    def _statement(self, model: Any, schema_editor: Any) -> Statement:
        field = model._meta.get_field(self.field)
        target = field.related_model._meta
        quote = schema_editor.quote_name
        return Statement(
            "ALTER TABLE %(table)s ADD CONSTRAINT %(name)s FOREIGN KEY (network_id, %(column)s) "
            "REFERENCES %(target)s (network_id, %(key)s) DEFERRABLE INITIALLY DEFERRED",
            table=Table(model._meta.db_table, quote),
            name=quote(self.name),
            column=quote(field.column),
            target=quote(target.db_table),
            key=quote(target.pk.column),
        )

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        return Statement(
            "ALTER TABLE %(table)s DROP CONSTRAINT %(name)s",
            table=Table(model._meta.db_table, schema_editor.quote_name),
            name=schema_editor.quote_name(self.name),
        )

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """Checked by the database at commit; forms offer only rows of the network anyway."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SameNetwork) and self.deconstruct() == other.deconstruct()

    __hash__ = BaseConstraint.__hash__
