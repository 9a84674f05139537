"""Pages that change something: a form for one verb, and a button for one transition."""

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from dnm.accounts.requests import PortalRequest
from dnm.scoping.errors import DomainError, Invalid, NotAllowed
from dnm.web.errors import status_of
from dnm.web.views.base import ActorView
from dnm.web.views.details import ScopedObjectView


class VerbFormView(ActorView):
    """A form whose values go to one verb of the domain. What the verb refuses stands at its field, or on top.

    Subclasses name the form and write `perform`, which calls the verb and returns the address to go to.
    """

    form_class: type[forms.BaseForm]
    template_name: ClassVar[str] = "web/form.html"
    title: ClassVar[Any] = ""
    submit: ClassVar[Any] = ""
    done: ClassVar[Any] = ""

    def perform(self, values: dict[str, Any]) -> str:
        """Call the verb. Its writes are undone when it raises."""
        raise NotImplementedError

    def get_form(self) -> Any:
        return self.form_class(**self.form_arguments())

    def form_arguments(self) -> dict[str, Any]:
        """Data and files of a POST; subclasses add choices that depend on the actor."""
        if self.request.method != "POST":
            return {}
        return {"data": self.request.POST, "files": self.request.FILES}

    def get_context_data(self) -> dict[str, Any]:
        return {}

    def get(self, request: PortalRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._page(self.get_form())

    def post(self, request: PortalRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.get_form()
        if not form.is_valid():
            return self._page(form, status=422)
        try:
            with transaction.atomic():
                url = self.perform(form.cleaned_data)
        except NotAllowed:
            raise
        except DomainError as error:
            show_error(form, error)
            return self._page(form, status=status_of(error))
        if self.done:
            messages.success(request, str(self.done))
        return HttpResponseRedirect(url)

    def _page(self, form: Any, status: int = 200) -> HttpResponse:
        context = {"view": self, "title": self.title, "form": form, **self.get_context_data()}
        return render(self.request, self.template_name, context, status=status)


def show_error(form: Any, error: DomainError) -> None:
    """Put a domain error into a form: at its fields where it names some that the form has, else on top."""
    fields = error.fields if isinstance(error, Invalid) else {}
    for name, text in fields.items():
        form.add_error(name if name in form.fields else None, text)
    if not fields:
        form.add_error(None, error.message)


class TransitionView(ScopedObjectView):
    """A button: POST only, one verb on one row, then back to the row's page.

    Refusals are pages of `dnm.web.errors`: 403, or 409 when somebody was faster.
    """

    http_method_names = ["post"]
    done: ClassVar[Any] = ""

    def perform(self, record: Any) -> Any:
        """Call the verb."""
        raise NotImplementedError

    def get_success_url(self, record: Any) -> str:
        if not hasattr(record, "get_absolute_url"):
            raise Http404
        return str(record.get_absolute_url())

    def post(self, request: PortalRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        record = self.get_object()
        with transaction.atomic():
            self.perform(record)
        if self.done:
            messages.success(request, str(self.done))
        url = self.get_success_url(record)
        if request.htmx:
            return HttpResponse(status=204, headers={"HX-Redirect": url})
        return HttpResponseRedirect(url)
