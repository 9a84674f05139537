"""The public enquiry form, on the portal's own page or inside a frame on the brand's sites."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt

from dnm.accounts.actors import Actor
from dnm.accounts.middleware import require_network
from dnm.accounts.models import Network
from dnm.accounts.requests import PortalRequest
from dnm.api.throttles import seconds_to_wait
from dnm.scoping.errors import Invalid
from dnm.web.public_forms import address_of, embeddable
from leads.domain.intake import capture_lead
from leads.forms.enquiry import EnquiryForm


@method_decorator([csrf_exempt, xframe_options_exempt, never_cache], name="dispatch")
class EnquiryView(View):
    """GET draws the form, POST takes the lead in. A cross-site frame sends no cookie: none is asked."""

    def get(self, request: PortalRequest) -> HttpResponse:
        network = require_network(request)
        return self._page(request, EnquiryForm(network=network), network)

    def post(self, request: PortalRequest) -> HttpResponse:
        network = require_network(request)
        form = EnquiryForm(request.POST, network=network)
        if seconds_to_wait("enquiry", address_of(request)) is not None:
            form.add_error(None, _("Too many enquiries at once. Please try again in a minute."))
            return self._page(request, form, network, status=429)
        if form.is_valid() and self._capture(form, network):
            return redirect("leads:enquiry-thanks")
        return self._page(request, form, network, status=422)

    def _capture(self, form: EnquiryForm, network: Network) -> bool:
        values = form.cleaned_data
        try:
            capture_lead(
                name=values["name"],
                phone=values["phone"],
                email=values["email"],
                postal_code=values["postal_code"],
                message=values["message"],
                product_line=form.lines.get(values["product_line"]),
                consent=values["consent"],
                source="web_form",
                external_id=values["ticket"],
                suspicion=form.suspicion(),
                network=network,
                actor=Actor.system("web form", network.pk),
                at=timezone.now(),
            )
        except Invalid as refused:
            for field, text in refused.fields.items():
                form.add_error(field if field in form.fields else None, text)
            return False
        return True

    def _page(
        self, request: PortalRequest, form: EnquiryForm, network: Network, status: int = 200
    ) -> HttpResponse:
        response = render(request, "enquiry/form.html", {"form": form, "network": network}, status=status)
        return embeddable(response, network)


@method_decorator([xframe_options_exempt], name="dispatch")
class ThanksView(View):
    """What a prospect sees afterwards."""

    def get(self, request: PortalRequest) -> HttpResponse:
        network = require_network(request)
        return embeddable(render(request, "enquiry/thanks.html", {"network": network}), network)
