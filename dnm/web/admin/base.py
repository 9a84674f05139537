"""What every list and page of both sites has in common: public ids, verbs instead of saves, no deleting."""

import uuid
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.admin import ModelAdmin, ShowFacets, display
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.forms import modelform_factory
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from dnm.scoping.errors import DomainError, NotAllowed
from dnm.web.admin.columns import row_url, seen
from dnm.web.admin.forms import ActorForm
from dnm.web.admin.lists import KeysetChangeList, parameters
from dnm.web.admin.sections import PLATFORM, Section
from dnm.web.admin.verbs import MOST_ROWS, RowVerb, run
from dnm.web.errors import status_of


class PortalModelAdmin(ModelAdmin):
    """Base of both sites' lists and pages.

    `add_form` and `change_form` are the forms of the verbs that `perform_add` and `perform_change` call; None
    means that there is no such verb. `facts` are all that a row's page shows; what the person may change is a
    field of the form instead, by the same name. `verbs` are offered in the list and on the row's page.
    `ordering` ends in a unique column that an index walks. `menu_name` replaces the model's name in the menu.
    """

    section: ClassVar[Section] = PLATFORM
    menu_name: ClassVar[Any] = ""
    facts: ClassVar[tuple[Any, ...]] = ()
    add_form: ClassVar[type[ActorForm] | None] = None
    change_form: ClassVar[type[ActorForm] | None] = None
    verbs: ClassVar[tuple[RowVerb, ...]] = ()
    related: ClassVar[tuple[str, ...]] = ()
    is_single = False

    ordering: Any = ("-id",)
    list_per_page = 50
    show_full_result_count = False
    show_facets = ShowFacets.NEVER
    sortable_by = ()
    view_on_site = False
    change_list_template = "admin/portal_list.html"
    change_form_template = "admin/portal_row.html"

    def acting(self, request: Any) -> Any:
        """On whose behalf: what forms, columns and verbs are told."""
        return request.actor

    # -- rows -----------------------------------------------------------------------------------------

    def get_object(self, request: Any, object_id: str, from_field: Any = None) -> Any:
        """The row with this public id among those in sight."""
        try:
            uid = uuid.UUID(object_id)
        except ValueError:
            return None
        return self.get_queryset(request).select_related(*self.related).filter(uid=uid).first()

    def _get_obj_does_not_exist_redirect(self, request: Any, opts: Any, object_id: str) -> Any:
        """Out of sight and not there are the same 404."""
        raise Http404

    def choice_label(self, row: Any) -> str:
        """How the row is called in fields that choose one."""
        return str(row)

    # -- lists ----------------------------------------------------------------------------------------

    def get_changelist(self, request: Any, **kwargs: Any) -> Any:
        return KeysetChangeList

    def get_list_display(self, request: Any) -> list[Any]:
        return seen(self.list_display, self.acting(request), self.model)

    def get_list_select_related(self, request: Any) -> Any:
        return self.related or False

    def list_name(self) -> Any:
        """What the menu and the list's own page call it."""
        return self.menu_name or capfirst(self.opts.verbose_name_plural)

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:
        return lookup in parameters(self.list_filter)

    @display(description=mark_safe('<input type="checkbox" id="action-toggle">'))
    def action_checkbox(self, obj: Any) -> Any:
        label = _("Select {row}").format(row=obj)
        return format_html(
            '<input type="checkbox" name="{}" value="{}" class="action-select" aria-label="{}">',
            ACTION_CHECKBOX_NAME,
            obj.uid,
            label,
        )

    def changelist_view(self, request: Any, extra_context: Any = None) -> Any:
        _refuse_popup(request)
        if self.is_single and self.has_view_permission(request):
            row = self.get_queryset(request).first()
            if row is not None:
                return HttpResponseRedirect(row_url(row))
        context = {"title": self.list_name(), "section": self.section}
        return super().changelist_view(request, {**context, **(extra_context or {})})

    # -- verbs on rows --------------------------------------------------------------------------------

    def offered_verbs(self, request: Any) -> dict[str, RowVerb]:
        """The verbs that the person may do to some row."""
        raise NotImplementedError

    def get_actions(self, request: Any) -> dict[str, Any]:
        return {
            name: (_action_of(verb), name, verb.label) for name, verb in self.offered_verbs(request).items()
        }

    def response_action(self, request: Any, queryset: Any) -> Any:
        """Read public ids, and never act on rows that nobody ticked."""
        ticked = [uid for uid in map(_as_uid, request.POST.getlist(ACTION_CHECKBOX_NAME)) if uid]
        data = request.POST.copy()
        keys = queryset.order_by("pk").filter(uid__in=ticked).values_list("pk", flat=True)
        data.setlist(ACTION_CHECKBOX_NAME, [str(pk) for pk in keys[:MOST_ROWS]])
        data["select_across"] = "0"
        request.POST = data
        return super().response_action(request, queryset)

    def run_verb(self, request: Any, verb: RowVerb, rows: Any) -> Any:
        """Ask what the verb needs, then do it to each row."""
        rows = list(rows.order_by("pk"))
        sent = "apply" in request.POST
        form = verb.form(request.POST if sent else None, actor=self.acting(request), site=self.admin_site)
        if verb.asks and not (sent and form.is_valid()):
            return self._ask(request, verb, rows, form)
        run(request, verb, rows, form.cleaned_data if verb.asks else {}, actor=self.acting(request))
        if "on_row" in request.POST and self.get_queryset(request).filter(pk=rows[0].pk).exists():
            return HttpResponseRedirect(row_url(rows[0]))
        return HttpResponseRedirect(request.get_full_path())

    def _ask(self, request: Any, verb: RowVerb, rows: list[Any], form: Any) -> TemplateResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": verb.label,
            "verb": verb,
            "rows": rows,
            "form": form,
            "opts": self.opts,
            "section": self.section,
            "list_name": self.list_name(),
            "on_row": "on_row" in request.POST,
            "back": row_url(rows[0]) if "on_row" in request.POST else request.get_full_path(),
            "media": self.media + form.media,
        }
        return TemplateResponse(
            request, "admin/portal_verb.html", context, status=422 if form.errors else 200
        )

    # -- one row --------------------------------------------------------------------------------------

    def get_fieldsets(self, request: Any, obj: Any = None) -> list[Any]:
        form = self._form_for(request, obj)
        facts = self._facts(request, form) if obj is not None else []
        groups: list[Any] = [(None, {"fields": _in_order(form)})] if form is not None else []
        if facts:
            groups.append((_("Facts") if groups else None, {"fields": facts}))
        return groups

    def get_readonly_fields(self, request: Any, obj: Any = None) -> list[Any]:
        return self._facts(request, self._form_for(request, obj))

    def _facts(self, request: Any, form: type[ActorForm] | None) -> list[Any]:
        editable = form.base_fields if form is not None else {}
        facts = [one for one in self.facts if getattr(one, "name", one) not in editable]
        return seen(facts, self.acting(request), self.model)

    def get_form(self, request: Any, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = self._form_for(request, obj)
        if form is None:
            form = modelform_factory(self.model, form=ActorForm, fields=())
        refusal = getattr(request, "refusal", None)
        return type(
            form.__name__,
            (form,),
            {"actor": self.acting(request), "site": self.admin_site, "refusal": refusal},
        )

    def _form_for(self, request: Any, obj: Any) -> type[ActorForm] | None:
        if obj is None:
            return self.add_form
        return self.change_form if self.has_change_permission(request, obj) else None

    def changeform_view(
        self, request: Any, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        """The page, and after a refusal the page again with what the domain said; its writes are undone."""
        _refuse_popup(request)
        extra = {"section": self.section, "list_name": self.list_name(), **(extra_context or {})}
        try:
            with transaction.atomic():
                return super().changeform_view(request, object_id, form_url, extra)
        except NotAllowed:
            raise
        except DomainError as error:
            request.refusal = error
            response = super().changeform_view(request, object_id, form_url, extra)
            response.status_code = status_of(error)
            return response

    def render_change_form(
        self,
        request: Any,
        context: Any,
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> Any:
        """Add what the row's page offers: verbs, history, the row in the portal."""
        context.update(show_save_and_add_another=False, show_save_and_continue=False, show_delete=False)
        if obj is not None:
            name = f"admin:{self.opts.app_label}_{self.opts.model_name}"
            context.update(
                title=str(obj),
                subtitle=capfirst(self.opts.verbose_name),
                offered=self._offered_on(request, obj),
                list_url=reverse(f"{name}_changelist"),
                history_url=reverse(f"{name}_history", args=[obj.uid]) if self.has_history else "",
                portal_url=self.portal_url(obj),
            )
        return super().render_change_form(request, context, add, change, form_url, obj)

    def _offered_on(self, request: Any, obj: Any) -> list[tuple[RowVerb, str]]:
        verbs = self.offered_verbs(request).values()
        pairs = [(verb, verb.offered_on(obj, self.acting(request))) for verb in verbs]
        return [(verb, why_not) for verb, why_not in pairs if why_not is not None]

    def portal_url(self, row: Any) -> str:
        """Where the row stands in the portal; "" when it has no page there."""
        return ""

    # -- saving ---------------------------------------------------------------------------------------

    def perform_add(self, request: Any, form: ActorForm) -> Any:
        """Call the verb that makes a row, and return the row."""
        raise PermissionDenied

    def perform_change(self, request: Any, row: Any, form: ActorForm) -> Any:
        """Call the verb that changes `row` (read anew, not touched by the form)."""
        raise PermissionDenied

    def save_form(self, request: Any, form: Any, change: bool) -> Any:
        """The verb saves; Django's own saving below has nothing left to do."""
        if not change:
            return self.perform_add(request, form)
        row = self.get_queryset(request).get(pk=form.instance.pk)
        return self.perform_change(request, row, form)

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        """Saved by the verb."""

    def save_related(self, request: Any, form: Any, formsets: Any, change: bool) -> None:
        """Saved by the verb."""

    def construct_change_message(self, request: Any, form: Any, formsets: Any, add: bool = False) -> str:
        return ""

    def response_add(self, request: Any, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        messages.success(request, _("Added: {row}.").format(row=obj))
        return HttpResponseRedirect(row_url(obj))

    def response_change(self, request: Any, obj: Any) -> HttpResponse:
        messages.success(request, _("Saved: {row}.").format(row=obj))
        return HttpResponseRedirect(row_url(obj))

    # -- no log of Django's, no deleting --------------------------------------------------------------

    has_history = False

    def history_view(self, request: Any, object_id: str, extra_context: Any = None) -> Any:
        """Django's log knows no network and is not kept. Lists with a history of their own override this."""
        raise Http404

    def log_addition(self, request: Any, obj: Any, message: Any) -> None:
        """The verb's event is the record."""

    def log_change(self, request: Any, obj: Any, message: Any) -> None:
        """The verb's event is the record."""

    def log_deletions(self, request: Any, queryset: Any) -> None:
        """Nothing is deleted here."""

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        return False

    def has_module_permission(self, request: Any) -> bool:
        return self.has_view_permission(request)

    def find(self, request: Any, object_id: str) -> Any:
        """The row, or 404."""
        row = self.get_object(request, unquote(object_id))
        if row is None:
            raise Http404
        return row


def _in_order(form: type[ActorForm]) -> list[str]:
    """The form's fields as its `field_order` has them."""
    first = [name for name in form.field_order or () if name in form.base_fields]
    return [*first, *(name for name in form.base_fields if name not in first)]


def _as_uid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _action_of(verb: RowVerb) -> Any:
    def act(model_admin: PortalModelAdmin, request: Any, queryset: Any) -> Any:
        return model_admin.run_verb(request, verb, queryset)

    return act


def _refuse_popup(request: Any) -> None:
    """Django's pop-ups answer with inner numbers; no field here opens one."""
    if IS_POPUP_VAR in request.GET or IS_POPUP_VAR in request.POST:
        raise Http404
