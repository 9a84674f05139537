"""Applying: the public pages, and the applicant's own page behind the personal link.

Nobody is logged in here. The own page shows what the applicant told and was told, and nothing internal. A
wrong link, another network's, an expired and a revoked one are the same answer, byte for byte.
"""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
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
from dnm.scoping.errors import DomainError, Invalid
from dnm.web.public_forms import address_of, embeddable
from dnm.web.views.forms import show_error
from partners.domain.onboarding.answering import answer_questionnaire, score_of
from partners.domain.onboarding.applying import receive_application
from partners.domain.onboarding.checklist import items_of
from partners.domain.onboarding.deciding import (
    decisions_told,
    stage_of,
    stages_of,
    standing_of,
    withdraw_application,
)
from partners.domain.onboarding.links import application_behind
from partners.domain.onboarding.papers import with_papers
from partners.domain.onboarding.tracks import open_tracks, track_in_force
from partners.forms.onboarding import AnswersForm, ApplicationForm, WithdrawalForm
from partners.models import Application, Track
from partners.models.onboarding import ItemKind
from partners.states.onboarding import ENDED, ApplicationState

TOO_MANY = 429


@method_decorator([xframe_options_exempt], name="dispatch")
class ApplyView(View):
    """What one may apply as."""

    def get(self, request: PortalRequest) -> HttpResponse:
        network = require_network(request)
        choices = [
            (track, reverse("partners:apply-as", args=[slug_of(track.kind)])) for track in open_tracks()
        ]
        context = {"network": network, "choices": choices}
        return embeddable(render(request, "apply/kinds.html", context), network)


@method_decorator([csrf_exempt, xframe_options_exempt, never_cache], name="dispatch")
class ApplyAsView(View):
    """GET draws the form, POST takes the application in. A frame on another site sends no cookie."""

    def get(self, request: PortalRequest, kind: str) -> HttpResponse:
        network = require_network(request)
        return self._page(request, ApplicationForm(network=network), self._track(kind), network)

    def post(self, request: PortalRequest, kind: str) -> HttpResponse:
        network, track = require_network(request), self._track(kind)
        form = ApplicationForm(request.POST, network=network)
        if seconds_to_wait("enquiry", address_of(request)) is not None:
            form.add_error(None, _("Too many at once. Please try again in a minute."))
            return self._page(request, form, track, network, status=TOO_MANY)
        if form.is_valid() and self._receive(form, track, network):
            return redirect("partners:apply-thanks")
        return self._page(request, form, track, network, status=422)

    def _track(self, kind: str) -> Track:
        track = track_in_force(kind.replace("-", "_"))
        if track is None or slug_of(track.kind) != kind:
            raise Http404
        return track

    def _receive(self, form: ApplicationForm, track: Track, network: Network) -> bool:
        try:
            receive_application(
                **form.values(),
                kind=track.kind,
                source="web_form",
                external_id=form.cleaned_data["ticket"],
                suspicion=form.suspicion(),
                language=translation.get_language() or "",
                network=network,
                actor=Actor.system("application page", network.pk),
                at=timezone.now(),
            )
        except DomainError as refused:
            show_error(form, refused)
            return False
        return True

    def _page(
        self, request: PortalRequest, form: ApplicationForm, track: Track, network: Network, status: int = 200
    ) -> HttpResponse:
        context = {"form": form, "track": track, "network": network}
        return embeddable(render(request, "apply/form.html", context, status=status), network)


@method_decorator([xframe_options_exempt], name="dispatch")
class ApplyThanksView(View):
    """What an applicant sees afterwards."""

    def get(self, request: PortalRequest) -> HttpResponse:
        network = require_network(request)
        return embeddable(render(request, "apply/thanks.html", {"network": network}), network)


@method_decorator([csrf_exempt, never_cache], name="dispatch")
class ProgressView(View):
    """The applicant's own page: where it stands, what was told, the questionnaire while it is open.

    The link itself is the key, so there is no cookie to forge a request with. POST keeps the answers, sends
    them (`send`), or withdraws (`withdraw`).
    """

    def get(self, request: PortalRequest, token: str) -> HttpResponse:
        application = self._application(request, token)
        return closed(request) if application is None else self._page(request, application)

    def post(self, request: PortalRequest, token: str) -> HttpResponse:
        application = self._application(request, token)
        if application is None:
            return closed(request)
        if seconds_to_wait("enquiry", address_of(request)) is not None:
            return self._page(request, application, status=TOO_MANY)
        if "withdraw" in request.POST:
            return self._withdraw(request, application, token)
        parts = score_of(application).parts
        form = AnswersForm(request.POST, parts=parts)
        if not form.is_valid():
            return self._page(request, application, form=form, status=422)
        try:
            answer_questionnaire(
                application=application,
                given=form.cleaned_data,
                is_final="send" in request.POST,
                actor=Actor.system("applicant", application.network_id),
                at=timezone.now(),
            )
        except DomainError as refused:
            show_error(form, refused)
            status = 422 if isinstance(refused, Invalid) else 409
            return self._page(request, application, form=form, status=status)
        return redirect("partners:progress", token=token)

    def _withdraw(self, request: PortalRequest, application: Application, token: str) -> HttpResponse:
        form = WithdrawalForm(request.POST)
        if application.state in ENDED or not form.is_valid():
            return self._page(request, application, status=409)
        withdraw_application(
            application=application,
            reason=form.cleaned_data["reason"].strip() or _("Withdrawn by the applicant."),
            actor=Actor.system("applicant", application.network_id),
            at=timezone.now(),
        )
        return redirect("partners:progress", token=token)

    def _application(self, request: PortalRequest, token: str) -> Application | None:
        network = require_network(request)
        if len(token) > LONGEST:
            return None
        return application_behind(token, network=network, at=timezone.now())

    def _page(
        self, request: PortalRequest, application: Application, *, form: Any = None, status: int = 200
    ) -> HttpResponse:
        application.refresh_from_db()
        is_asked = application.state == ApplicationState.QUESTIONNAIRE
        parts = score_of(application).parts
        if form is None and is_asked and application.answered_at is None:
            form = AnswersForm(parts=parts)
        stages = stages_of(application)
        documents = [item for item in items_of(application) if item.kind == ItemKind.DOCUMENT]
        context = {
            "network": require_network(request),
            "record": application,
            "steps": steps_of(application, stages),
            "stage": stage_of(application, stages),
            "told": decisions_told(application),
            "documents": with_papers(documents, application),
            "form": form,
            "parts": parts if application.answered_at else [],
            "has_ended": application.state in ENDED,
            "withdrawal": WithdrawalForm(),
        }
        return private(render(request, "apply/progress.html", context, status=status))


LONGEST = 200
"""No token is longer: what is, is not even looked at."""


def closed(request: PortalRequest) -> HttpResponse:
    """The link opens nothing: never why."""
    context = {"network": require_network(request)}
    return private(render(request, "apply/closed.html", context, status=404))


def private(response: HttpResponse) -> HttpResponse:
    """The address is a key: it stays out of logs of other sites, of caches and of search engines."""
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response


def steps_of(application: Application, stages: list[Any]) -> list[tuple[Any, str]]:
    """Label and whether it is done, here or ahead, for each stage of the track and the goal."""
    states = [*(ApplicationState(stage.state) for stage in stages), ApplicationState.LIVE]
    standing = standing_of(application)
    if application.state == ApplicationState.LIVE:
        return [(state.label, "done") for state in states]
    if not standing:
        return []
    here = states.index(ApplicationState(standing))
    words = {-1: "done", 0: "here", 1: "ahead"}
    return [(state.label, words[(place > here) - (place < here)]) for place, state in enumerate(states)]


def slug_of(kind: str) -> str:
    """The kind as an address has it."""
    return kind.replace("_", "-")
