"""Networks, on the operators' host: founding, the frame, host names, how the background work stands."""

from datetime import timedelta
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dnm.accounts.models import Network
from dnm.accounts.tenancy import network_context
from dnm.web.admin.columns import Column
from dnm.web.admin.forms import ActorForm, VerbForm
from dnm.web.admin.operators import OperatorModelAdmin
from dnm.web.admin.sites import operator_site
from dnm.web.admin.verbs import RowVerb
from partners.admin.settings import LANGUAGE, LANGUAGE_WIDGET, CalendarForm
from partners.domain.background import background_of
from partners.domain.networks import (
    add_domain,
    found_network,
    look_in,
    operator_actor,
    remove_domain,
    update_network,
)

LOOK = timedelta(minutes=15)
SESSION_KEY = "looking-into"


class FrameForm(ActorForm):
    """What the platform decides about a network."""

    time_zone = forms.ChoiceField(label=_("Time zone"), choices=CalendarForm.base_fields["time_zone"].choices)  # type: ignore[attr-defined]
    field_order = ("name", "country", "currency", "time_zone", "is_active")

    class Meta:
        model = Network
        fields = ["name", "country", "currency", "time_zone", "is_active"]


class FoundingForm(FrameForm):
    """A network, and the first person who runs it."""

    administrator_name = forms.CharField(label=_("First administrator's name"), max_length=150)
    administrator_email = forms.EmailField(
        label=_("First administrator's e-mail"), help_text=_("Logs in by a code that is sent there.")
    )
    field_order = ("slug", "name", "country", "currency", "time_zone", *LANGUAGE, "locale")

    class Meta(FrameForm.Meta):
        fields = ["slug", "name", "country", "currency", "time_zone", *LANGUAGE, "locale"]
        widgets = LANGUAGE_WIDGET


class HostForm(VerbForm):
    """A host name."""

    host = forms.CharField(label=_("Host name"), max_length=253)


def _domains(network: Network, operator: Any) -> str:
    return ", ".join(network.domains.order_by("host").values_list("host", flat=True))


def _work(network: Network, operator: Any) -> Any:
    url = reverse("admin:accounts_network_work", args=[network.uid])
    return format_html('<a href="{}">{}</a>', url, _("Look in"))


@admin.register(Network, site=operator_site)
class NetworkAdmin(OperatorModelAdmin):
    """The tenants. What is inside them is theirs."""

    add_form = FoundingForm
    change_form = FrameForm
    ordering = ("slug",)
    list_display = ("name", "slug", "country", "currency", "time_zone", "is_active", "created_at")
    list_filter = ("is_active",)
    search_fields = ("name", "slug")
    facts = (
        "slug",
        "name",
        "country",
        "currency",
        "time_zone",
        "is_active",
        "language",
        "locale",
        Column("domains", _("host names of its own"), _domains),
        Column("work", _("background work"), _work),
        "created_at",
    )
    verbs: ClassVar[tuple[RowVerb, ...]] = (
        RowVerb(
            name="add_domain",
            label=_("Add host name"),
            capability="",
            perform=lambda row, values, operator, at: add_domain(
                network=row, host=values["host"], operator=operator, at=at
            ),
            form=HostForm,
            offered=lambda row, operator: "",
        ),
        RowVerb(
            name="remove_domain",
            label=_("Remove host name"),
            capability="",
            perform=lambda row, values, operator, at: remove_domain(
                network=row, host=values["host"], operator=operator, at=at
            ),
            form=HostForm,
            offered=lambda row, operator: "" if row.domains.exists() else None,
        ),
    )

    def perform_add(self, request: Any, form: ActorForm) -> Network:
        return found_network(**form.cleaned_data, operator=request.user, at=timezone.now())

    def perform_change(self, request: Any, row: Network, form: ActorForm) -> Network:
        actor = operator_actor(request.user, row)
        with network_context(row):
            return update_network(network=row, changes=form.changes(), actor=actor, at=timezone.now())

    def get_urls(self) -> list[Any]:
        work = self.admin_site.admin_view(self.work_view)
        return [path("<uuid:uid>/work/", work, name="accounts_network_work"), *super().get_urls()]

    def work_view(self, request: Any, uid: Any) -> Any:
        """The network's outbox and jobs, in numbers and names of code, after saying so in its log."""
        network = self.find(request, str(uid))
        now = timezone.now()
        if request.method == "POST":
            look_in(network=network, operator=request.user, at=now)
            request.session[SESSION_KEY] = [network.pk, (now + LOOK).timestamp()]
            return HttpResponseRedirect(request.path)
        looking, until = request.session.get(SESSION_KEY, (None, 0))
        is_open = looking == network.pk and now.timestamp() < until
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Background work"),
            "subtitle": str(network),
            "network": network,
            "work": background_of(network) if is_open else None,
            "opts": self.opts,
            "section": self.section,
            "list_name": self.list_name(),
            "minutes": int(LOOK.total_seconds() // 60),
        }
        return TemplateResponse(request, "admin/portal_work.html", context)
