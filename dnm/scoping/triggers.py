"""The triggers that keep paths and level columns, whoever writes and however many rows at once."""

from typing import Any

import pgtrigger
from django.conf import settings


class PathTrigger(pgtrigger.Trigger):
    """Keeps a tree node's `path` from its parent's; refuses cycles, strangers and trees that are too deep."""

    name = "a_path"
    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.UpdateOf("parent_id")
    declare = [("parent_path", "ltree")]

    def get_func(self, model: Any) -> str:
        table = model._meta.db_table
        return f"""
            IF NEW.parent_id IS NULL THEN
                NEW.path := NEW.id::text::ltree;
            ELSE
                SELECT path INTO parent_path FROM {table}
                WHERE id = NEW.parent_id AND network_id = NEW.network_id FOR SHARE;
                IF parent_path IS NULL THEN
                    RAISE EXCEPTION 'parent {table} % is not in this network', NEW.parent_id
                        USING ERRCODE = 'foreign_key_violation';
                END IF;
                IF NEW.id::text = ANY (string_to_array(parent_path::text, '.')) THEN
                    RAISE EXCEPTION '{table} % cannot stand below itself', NEW.id
                        USING ERRCODE = 'check_violation';
                END IF;
                IF nlevel(parent_path) >= {settings.TREE_LEVELS} THEN
                    RAISE EXCEPTION '{table} % would be deeper than {settings.TREE_LEVELS} levels', NEW.id
                        USING ERRCODE = 'check_violation';
                END IF;
                NEW.path := parent_path || NEW.id::text;
            END IF;
            RETURN NEW;
        """


class LevelTrigger(pgtrigger.Trigger):
    """Writes a row's level columns from the paths of its partner and territory, and the recorded path once.

    An anchor is a foreign key to a tree node; on the node's own table it is the row itself. Runs after
    `PathTrigger` (triggers of one kind run by name). The node is locked FOR SHARE, so that a move of the node
    and a new row below it see each other.
    """

    name = "b_levels"
    when = pgtrigger.Before
    declare = [("ids", "int[]"), ("node_path", "ltree")]

    def __init__(self, *, anchors: dict[str, str]) -> None:
        self.anchors = anchors
        columns = [f"{field}_id" for field in anchors.values() if field != "self"]
        if "self" in anchors.values():
            columns.append("path")
        super().__init__(operation=pgtrigger.Insert | pgtrigger.UpdateOf(*columns))

    def get_func(self, model: Any) -> str:
        parts = [self._levels(model, tree, field) for tree, field in self.anchors.items()]
        return "\n".join(parts) + "\nRETURN NEW;"

    def _levels(self, model: Any, tree: str, field: str) -> str:
        assign = "\n".join(
            f"NEW.{tree}_{level} := ids[{level}];" for level in range(1, settings.TREE_LEVELS + 1)
        )
        if field == "self":
            return f"ids := string_to_array(NEW.path::text, '.')::int[];\n{assign}"
        table = model._meta.get_field(field).related_model._meta.db_table
        record = ""
        if tree == "partner" and any(column.name == "recorded_path" for column in model._meta.fields):
            record = f"""
            IF TG_OP = 'INSERT' OR OLD.{field}_id IS DISTINCT FROM NEW.{field}_id THEN
                NEW.recorded_path := coalesce(node_path, NEW.recorded_path);
            END IF;"""
        return f"""
            ids := NULL;
            node_path := NULL;
            IF NEW.{field}_id IS NOT NULL THEN
                SELECT path INTO node_path FROM {table} WHERE id = NEW.{field}_id FOR SHARE;
                ids := string_to_array(node_path::text, '.')::int[];
            END IF;
            {assign}{record}
        """
