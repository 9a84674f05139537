"""The life of a publication."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from dnm.workflow.flows import Transition, Workflow
from partners.permissions.content import ContentCapability


class PublicationKind(models.TextChoices):
    """News come and go, a bulletin tells what to do, a document stays in the library."""

    NEWS = "news", _("News")
    BULLETIN = "bulletin", _("Bulletin")
    DOCUMENT = "document", _("Document")


class PublicationState(models.TextChoices):
    """Readers know of what is published, of nothing before and after."""

    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    WITHDRAWN = "withdrawn", _("Withdrawn")


P = PublicationState
PUBLICATION_TONES = {P.DRAFT: "neutral", P.PUBLISHED: "good", P.WITHDRAWN: "warn"}
MANAGE = ContentCapability.MANAGE

PUBLICATION_FLOW = Workflow(
    name="publication",
    initial=[P.DRAFT],
    transitions=[
        Transition("publish", frozenset({P.DRAFT}), P.PUBLISHED, MANAGE, _("Publish")),
        Transition(
            "withdraw", frozenset({P.PUBLISHED}), P.WITHDRAWN, MANAGE, _("Withdraw"), needs=("reason",)
        ),
    ],
)
