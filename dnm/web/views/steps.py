"""One step of a row's workflow as a form: the step is named in the address."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, ClassVar

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from dnm.accounts.actors import Actor
from dnm.web.views.details import ScopedObjectView
from dnm.web.views.forms import VerbFormView

Call = Callable[[Any, dict[str, Any], Actor, datetime], Any]


class StepFormView(VerbFormView, ScopedObjectView):
    """A form about one row in sight, for the step `verb` of the address; a step without a verb is no page."""

    verbs: ClassVar[Mapping[str, Call]]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if kwargs["verb"] not in self.verbs:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    @property
    def transition(self) -> Any:
        """The step as the model's workflow knows it."""
        return self.model.workflow[self.kwargs["verb"]]  # type: ignore[attr-defined]

    @property
    def submit(self) -> Any:  # type: ignore[override]
        return self.transition.label

    def take(self, row: Any, values: dict[str, Any]) -> None:
        """Call the verb of the step."""
        self.verbs[self.kwargs["verb"]](row, values, self.actor, self.at)
