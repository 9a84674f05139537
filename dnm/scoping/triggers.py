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
    `PathTrigger` (triggers of one kind run by name; on a node's own table for each column that leads to a new
    path, because PostgreSQL looks at the columns of the statement, not at what another trigger changed). The
    node is locked FOR SHARE, so that a move of the node and a new row below it see each other.
    """

    name = "b_levels"
    when = pgtrigger.Before
    declare = [("ids", "int[]"), ("node_path", "ltree")]

    def __init__(self, *, anchors: dict[str, str]) -> None:
        self.anchors = anchors
        columns = [f"{field}_id" for field in anchors.values() if field != "self"]
        if "self" in anchors.values():
            columns += ["path", "parent_id"]
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


class SubtreeTrigger(pgtrigger.Trigger):
    """When a node got another parent: rewrites the paths below it, and opens the `TreeMove` that `visible_to`
    reads, in the same statement, whoever writes.

    Refused: a move that would push a descendant below the deepest level, and one that touches a branch in
    which another move is still open (rows would be stale twice over).

    The rewriting goes on until nothing stands on the old path: a node that somebody was adding below another
    when it began is not in its first sight, and keeps the node above it locked until it is.
    """

    name = "e_subtree"
    when = pgtrigger.After
    operation = pgtrigger.UpdateOf("parent_id")
    declare = [("deepest", "int")]

    def __init__(self, *, tree: str) -> None:
        self.tree = tree
        super().__init__()

    def get_func(self, model: Any) -> str:
        table = model._meta.db_table
        return f"""
            IF NEW.path IS NOT DISTINCT FROM OLD.path THEN
                RETURN NULL;
            END IF;
            PERFORM pg_advisory_xact_lock(hashtext('{table} moves'), NEW.network_id::int);
            IF EXISTS (
                SELECT FROM scoping_treemove AS other
                WHERE other.network_id = NEW.network_id AND other.tree = '{self.tree}'
                    AND other.closed_at IS NULL
                    AND (NEW.id::text = ANY (string_to_array(other.old_path::text, '.'))
                        OR NEW.id::text = ANY (string_to_array(other.new_path::text, '.'))
                        OR other.node::text = ANY (string_to_array(OLD.path::text, '.')))
            ) THEN
                RAISE EXCEPTION '{table} % is part of a move that is still under way', NEW.id
                    USING ERRCODE = 'object_in_use';
            END IF;
            LOOP
                UPDATE {table} SET path = NEW.path || subpath(path, nlevel(OLD.path))
                WHERE network_id = NEW.network_id AND path <@ OLD.path AND id <> NEW.id;
                EXIT WHEN NOT FOUND;
            END LOOP;
            SELECT max(nlevel(path)) INTO deepest FROM {table}
            WHERE network_id = NEW.network_id AND path <@ NEW.path;
            IF deepest > {settings.TREE_LEVELS} THEN
                RAISE EXCEPTION 'below {table} % there would be more than {settings.TREE_LEVELS} levels',
                NEW.id
                    USING ERRCODE = 'check_violation';
            END IF;
            INSERT INTO scoping_treemove (network_id, uid, tree, node, old_path, new_path)
            VALUES (NEW.network_id, gen_random_uuid(), '{self.tree}', NEW.id, OLD.path, NEW.path);
            RETURN NULL;
        """


class KeepsPlace(pgtrigger.Trigger):
    """Refuses another parent, for a tree whose nodes do not move: nobody would rewrite what hangs below."""

    name = "e_place"
    when = pgtrigger.Before
    operation = pgtrigger.UpdateOf("parent_id")

    def get_func(self, model: Any) -> str:
        return f"""
            IF NEW.parent_id IS DISTINCT FROM OLD.parent_id THEN
                RAISE EXCEPTION '{model._meta.db_table} % keeps its place in the tree', NEW.id
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """
