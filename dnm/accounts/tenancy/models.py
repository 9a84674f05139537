"""The abstract model of every tenant table, and querysets that fail closed."""

from typing import Any, TypeVar

import uuid_utils.compat
from django.db import connections, models
from django.db.models import sql
from django.db.models.expressions import Col
from django.db.models.lookups import Exact
from django.db.models.sql.constants import ROW_COUNT

from dnm.accounts.tenancy.constraints import NetworkPolicy
from dnm.accounts.tenancy.context import NoNetwork, current_network_id, python_scope_is_on

M = TypeVar("M", bound=models.Model)


class _Scoped:
    """Adds the current network to the statement at the moment it is compiled, that is, executed.

    Doing it then, and not when the queryset is made, means that a queryset built at import time (forms,
    filters, view classes) is as safe as any other. The `owner` database (migrations, seeding) is exempt: its
    role is not confined either.
    """

    model: Any
    clone: Any

    def get_compiler(self, using: str | None = None, connection: Any = None, elide_empty: bool = True) -> Any:
        alias = using or connection.alias
        if alias == "owner" or not python_scope_is_on() or getattr(self, "combinator", None):
            return super().get_compiler(using, connection, elide_empty)
        network_id = current_network_id()
        if network_id is None:
            raise NoNetwork(
                f"{self.model.__name__} was queried outside network_context: enter the network first"
            )
        query = self.clone()
        field = query.model._meta.get_field("network")
        query.where.add(Exact(Col(query.get_initial_alias(), field), network_id), sql.AND)
        return super(_Scoped, query).get_compiler(using, connection or connections[alias], elide_empty)

    def chain(self, klass: Any = None) -> Any:
        return super().chain(_SCOPED_KINDS.get(klass, klass))


class NetworkQuery(_Scoped, sql.Query):
    """SELECT within the current network."""


class NetworkUpdateQuery(_Scoped, sql.UpdateQuery):
    """UPDATE within the current network."""


class NetworkDeleteQuery(_Scoped, sql.DeleteQuery):
    """DELETE within the current network."""


_SCOPED_KINDS = {sql.UpdateQuery: NetworkUpdateQuery, sql.DeleteQuery: NetworkDeleteQuery}


class NetworkQuerySet(models.QuerySet[M]):
    """A queryset that runs only inside `network_context`, and only over that network's rows."""

    def __init__(self, model: Any = None, query: Any = None, using: Any = None, hints: Any = None) -> None:
        super().__init__(model, query or NetworkQuery(model), using, hints)

    def _raw_delete(self, using: str | None) -> Any:
        """Django turns the query into its own DeleteQuery here, by class, and that one knows no network."""
        query = self.query.clone()
        query.__class__ = NetworkDeleteQuery
        return query.get_compiler(using).execute_sql(ROW_COUNT)


class SameNetworkKey(models.ForeignKey):
    """A foreign key between tenant tables. The composite `SameNetwork` constraint replaces the plain one."""

    def __init__(self, to: Any, on_delete: Any = models.PROTECT, **kwargs: Any) -> None:
        kwargs["db_constraint"] = False
        super().__init__(to, on_delete, **kwargs)


class NetworkModel(models.Model):
    """A row that belongs to one network.

    `id` stays inside (keys, level columns); `uid`, a UUIDv7, is the identity that addresses and the API show.
    """

    network = models.ForeignKey(
        "accounts.Network", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    uid = models.UUIDField(default=uuid_utils.compat.uuid7, editable=False)

    objects: Any = NetworkQuerySet.as_manager()

    class Meta:
        abstract = True
        base_manager_name = "objects"
        constraints = [
            models.UniqueConstraint(fields=["network", "id"], name="%(app_label)s_%(class)s_network_id"),
            models.UniqueConstraint(fields=["network", "uid"], name="%(app_label)s_%(class)s_network_uid"),
            NetworkPolicy(name="%(app_label)s_%(class)s_policy"),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Stamp a new row with the current network."""
        if self.network_id is None:
            self.network_id = current_network_id()
        super().save(*args, **kwargs)

    def delete(self, using: str | None = None, keep_parents: bool = False) -> Any:
        """Remove the row, inside its network's context: Django deletes a single row by its bare key."""
        alias = using or self._state.db or "default"
        if alias != "owner" and python_scope_is_on() and self.network_id != current_network_id():
            raise NoNetwork(f"{type(self).__name__} was deleted outside its network's context")
        return super().delete(using=using, keep_parents=keep_parents)
