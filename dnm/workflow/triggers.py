"""The transition table as the database sees it."""

from typing import Any

import pgtrigger

from dnm.workflow.flows import Workflow


class StateGuard(pgtrigger.Trigger):
    """Refuses every change of `state` that is not an edge of the workflow, and births in the middle of it.

    Loading history (the owner role) may insert rows in any state.
    """

    name = "c_state"
    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.UpdateOf("state")

    def __init__(self, workflow: Workflow, **kwargs: Any) -> None:
        self.workflow = workflow
        super().__init__(**kwargs)

    def get_func(self, model: Any) -> str:
        edges = ", ".join(f"'{source}>{target}'" for source, target in self.workflow.edges)
        initial = ", ".join(f"'{state}'" for state in sorted(self.workflow.initial))
        return f"""
            IF TG_OP = 'INSERT' THEN
                IF NEW.state NOT IN ({initial}) AND current_user = 'dnm_app' THEN
                    RAISE EXCEPTION '{self.workflow.name} cannot begin as %', NEW.state
                        USING ERRCODE = 'check_violation';
                END IF;
            ELSIF NEW.state IS DISTINCT FROM OLD.state
                  AND (OLD.state || '>' || NEW.state) NOT IN ({edges}) THEN
                RAISE EXCEPTION '{self.workflow.name} cannot go from % to %', OLD.state, NEW.state
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """
