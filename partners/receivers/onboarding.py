"""What follows from what happens to applications: deciders are told, applicants get mail."""

from email.utils import formataddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from dnm.accounts.models import Membership, Network
from dnm.events.models import Event
from dnm.events.receivers import receives
from dnm.notifications.kinds import NotificationKind, register_kind, register_subject
from dnm.notifications.sending import notify
from dnm.scoping.actors import actor_for_membership
from partners.domain.access import holders_over
from partners.domain.onboarding.deciding import decides, decisions_told, stage_of
from partners.domain.onboarding.links import live_link, token_of
from partners.events.onboarding import (
    ApplicationMoved,
    ApplicationReceived,
    LinkIssued,
    QuestionnaireAnswered,
)
from partners.models import Application
from partners.models.partners import PartnerKind
from partners.permissions.onboarding import OnboardingCapability
from partners.states.onboarding import OPEN, ApplicationState

KINDS = {str(value): label for value, label in PartnerKind.choices}
STATES = {str(value): label for value, label in ApplicationState.choices}
ARRIVED = NotificationKind(
    name="partners.application_received",
    label=_("New application"),
    title=_("New application: {what}"),
    text=_("Applies as {kind}. Look at it and lead it on."),
    words={"kind": KINDS},
    details=((_("Place"), "{place}"),),
    capability=OnboardingCapability.VIEW,
    email=True,
)
WAITS = NotificationKind(
    name="partners.application_waits",
    label=_("Application waits for a decision"),
    title=_("{what} waits for your decision"),
    text=_("It stands at: {state}."),
    words={"state": STATES},
    capability=OnboardingCapability.VIEW,
    email=True,
)
ANSWERED = NotificationKind(
    name="partners.questionnaire_answered",
    label=_("Questionnaire answered"),
    title=_("{what} answered the questionnaire"),
    text=_("Score in percent: {score:number}."),
    capability=OnboardingCapability.VIEW,
    email=True,
)


def register() -> None:
    """Called when the app starts."""
    for kind in (ARRIVED, WAITS, ANSWERED):
        register_kind(kind)
    register_subject(Application, url=lambda row: reverse("partners:application", args=[row.uid]))


@receives(ApplicationReceived, name="partners.tell_deciders")
def tell_of_arrival(event: Event) -> None:
    """Somebody applied: those who decide the first stage."""
    application = _application(event)
    if event.payload.get("suspicion"):
        return
    facts = {"what": application.organisation, "kind": application.kind, "place": application.place}
    _tell(ARRIVED, application, facts, event)


@receives(ApplicationMoved, name="partners.tell_next_deciders")
def tell_next(event: Event) -> None:
    """Another stage: those who decide it, but not the one who led it there."""
    application = _application(event)
    target = event.payload.get("to")
    if application.state != target or target not in OPEN or target == ApplicationState.QUESTIONNAIRE:
        return
    facts = {"what": application.organisation, "state": str(target)}
    _tell(WAITS, application, facts, event)


@receives(QuestionnaireAnswered, name="partners.tell_of_answers")
def tell_of_answers(event: Event) -> None:
    """The questionnaire is there to be read."""
    application = _application(event)
    facts = {"what": application.organisation, "score": event.payload.get("score")}
    _tell(ANSWERED, application, facts, event)


@receives(LinkIssued, name="partners.mail_link", queue="mail")
def mail_link(event: Event) -> None:
    """The applicant gets the personal link."""
    application = _application(event)
    link = live_link(application, timezone.now())
    if link is None or str(link.uid) != event.payload.get("link"):
        return
    _mail(
        application, _("Your application"), _("This is your personal page. Keep the link to yourself."), event
    )


@receives(ApplicationMoved, name="partners.mail_progress", queue="mail")
def mail_progress(event: Event) -> None:
    """The applicant hears of a decision, never of its inner reason."""
    application = _application(event)
    target = ApplicationState(event.payload["to"])
    if event.via == "system" or target != application.state or application.suspicion:
        return
    _mail(application, _("News of your application"), NEWS.get(target, GONE_ON), event)


GONE_ON = _("Your application has gone on: {state}.")
NEWS: dict[ApplicationState, Any] = {
    ApplicationState.QUESTIONNAIRE: _("We would like to know more: please answer our questionnaire."),
    ApplicationState.LIVE: _("Welcome: you are a partner of ours now. An invitation to the portal follows."),
    ApplicationState.REJECTED: _("We are sorry: we cannot take you on."),
    ApplicationState.WITHDRAWN: _("Your application is withdrawn."),
    ApplicationState.ON_HOLD: _("Your application rests for the moment. We will come back to you."),
}


def _mail(application: Application, subject: Any, news: Any, event: Event) -> None:
    network = Network.objects.get(pk=application.network_id)
    with translation.override(application.language or network.language), timezone.override(network.zone):
        link = live_link(application, timezone.now())
        told = [one.told for one in decisions_told(application) if one.decided_at == event.occurred_at]
        stage = stage_of(application)
        path = reverse("partners:progress", args=[token_of(link, network)]) if link else ""
        if application.state == ApplicationState.LIVE:
            path = reverse("home")
        context = {
            "network": network,
            "name": application.contact_name,
            "organisation": application.organisation,
            "reference": application.reference,
            "news": str(news).format(state=application.get_state_display()),
            "told": [*told, *([stage.told] if stage and stage.told else [])],
            "address": network.address(path) if path else "",
        }
        mail = EmailMultiAlternatives(
            subject=" ".join(f"[{network.title}] {subject}".split()),
            body=render_to_string("mail/applicant.txt", context),
            from_email=formataddr((network.title, settings.DEFAULT_FROM_EMAIL)),
            to=[formataddr((application.contact_name, application.email))],
            headers={
                "Message-ID": f"<{event.uid}@{settings.BASE_DOMAIN}>",
                "Auto-Submitted": "auto-generated",
            },
        )
        mail.attach_alternative(render_to_string("mail/applicant.html", context), "text/html")
        mail.send()


def _tell(kind: NotificationKind, application: Application, facts: dict[str, Any], event: Event) -> None:
    notify(kind=kind, recipients=_deciders(application, event), subject=application, facts=facts, event=event)


def _deciders(application: Application, event: Event) -> list[Membership]:
    """Those who decide the present stage, without the one who did this."""
    now = timezone.now()
    stage = stage_of(application)
    members = holders_over(application, OnboardingCapability.DECIDE, at=now)
    return [
        member
        for member in members
        if member.pk != event.membership_id
        and decides(application, actor_for_membership(member, via="session", at=now), stage)
    ]


def _application(event: Event) -> Application:
    rows = Application.objects.select_related("track", "territory")
    return rows.get(pk=event.subject_id)  # type: ignore[no-any-return]
