"""What the API shows and takes of applications: form only, no meaning."""

from typing import Any

from rest_framework import serializers

from dnm.api.serializers import CodedRefSerializer, CodeField, RefField, RefSerializer, StrictSerializer
from dnm.scoping.masks import hidden_fields
from partners.domain.onboarding.deciding import next_state, obstacles_of, stages_of
from partners.domain.onboarding.queries import verbs_for
from partners.models import Application, Partner, PartnerKind, ProductLine, Territory
from partners.models.onboarding import ItemKind, ItemState, QuestionKind
from partners.models.onboarding.applications import APPLICANT_FIELDS
from partners.permissions import PartnerCapability
from partners.states.onboarding import ApplicationState

APPLIES_AS = [choice for choice in PartnerKind.choices if choice[0] != PartnerKind.BRAND_OWNER]


class ItemSerializer(serializers.Serializer[Any]):
    """A line of the checklist, due before the application leaves `due_in`."""

    id = serializers.UUIDField(source="uid")
    name = serializers.CharField()
    kind = serializers.ChoiceField(ItemKind.choices)
    due_in = serializers.CharField()
    state = serializers.ChoiceField(ItemState.choices, source="progress")
    reason = serializers.CharField()
    settled_at = serializers.DateTimeField(allow_null=True)


class ApplicationSerializer(serializers.Serializer[Application]):
    """Somebody who wants to become a partner.

    The applicant's own facts are null for those who may not see them. `next` is the stage that its track (of
    this `track_version`) has next; `obstacles` say what stands in the way; `actions` are what the reader may
    do now.
    """

    id = serializers.UUIDField(source="uid")
    reference = serializers.CharField()
    kind = serializers.ChoiceField(APPLIES_AS)
    track_version = serializers.IntegerField(source="track.version")
    state = serializers.ChoiceField(ApplicationState.choices)
    since = serializers.DateTimeField(source="state_changed_at")
    next = serializers.SerializerMethodField()
    obstacles = serializers.SerializerMethodField()
    organisation = serializers.CharField()
    contact_name = serializers.CharField(allow_null=True)
    phone = serializers.CharField(allow_null=True)
    email = serializers.CharField(allow_null=True)
    address = serializers.CharField(allow_null=True)
    message = serializers.CharField(allow_null=True)
    postal_code = serializers.CharField()
    place = serializers.CharField()
    territory = CodedRefSerializer()
    parent = RefSerializer(allow_null=True)
    partner = RefSerializer(allow_null=True)
    product_lines = serializers.SerializerMethodField()
    score = serializers.IntegerField(allow_null=True, help_text="In percent.")
    answered_at = serializers.DateTimeField(allow_null=True)
    checklist = ItemSerializer(many=True, source="items")
    closing_reason = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    created_at = serializers.DateTimeField()
    live_at = serializers.DateTimeField(allow_null=True)
    actions = serializers.SerializerMethodField()

    def to_representation(self, instance: Application) -> Any:
        shown = super().to_representation(instance)
        hidden = hidden_fields(self.context["actor"], instance)
        return {**shown, **{name: None for name in APPLICANT_FIELDS if name in hidden}}

    def get_next(self, application: Application) -> str:
        return next_state(application, stages_of(application))

    def get_obstacles(self, application: Application) -> list[str]:
        return obstacles_of(application, list(application.items.all()))  # type: ignore[attr-defined]

    def get_product_lines(self, application: Application) -> list[str]:
        codes: dict[int, str] = self.context["line_codes"]
        return sorted(codes[pk] for pk in application.product_line_ids if pk in codes)

    def get_actions(self, application: Application) -> list[str]:
        return verbs_for(application, self.context["actor"])


class PartSerializer(serializers.Serializer[Any]):
    """One question's part of the score: `points` of `weight`."""

    question = serializers.CharField(source="question.text")
    kind = serializers.ChoiceField(QuestionKind.choices, source="question.kind")
    answer = serializers.CharField(source="told")
    weight = serializers.IntegerField(source="question.weight")
    points = serializers.FloatField()


class ScoreSerializer(serializers.Serializer[Any]):
    """The questionnaire as answered, and its weighted score in percent (null when nothing is weighed)."""

    percent = serializers.IntegerField(allow_null=True)
    parts = PartSerializer(many=True)


class ApplicationCreateSerializer(StrictSerializer):
    """A new application. `source` and `external_id` make sending it twice harmless."""

    kind = serializers.ChoiceField(APPLIES_AS)
    organisation = serializers.CharField(max_length=150)
    contact_name = serializers.CharField(max_length=120)
    email = serializers.EmailField(max_length=254)
    phone = serializers.CharField(max_length=40, allow_blank=True, required=False)
    postal_code = serializers.CharField(max_length=12, allow_blank=True, required=False)
    address = serializers.CharField(max_length=250, allow_blank=True, required=False)
    message = serializers.CharField(max_length=4000, allow_blank=True, required=False)
    product_lines = serializers.ListField(
        child=CodeField(ProductLine, PartnerCapability.VIEW), max_length=100, required=False
    )
    consent = serializers.BooleanField()
    external_id = serializers.CharField(max_length=120, allow_blank=True, required=False)


class ApplicationFactsSerializer(StrictSerializer):
    """Facts of an application that may be corrected."""

    organisation = serializers.CharField(max_length=150)
    contact_name = serializers.CharField(max_length=120)
    email = serializers.EmailField(max_length=254)
    phone = serializers.CharField(max_length=40, allow_blank=True)
    address = serializers.CharField(max_length=250, allow_blank=True)
    parent = RefField(Partner, PartnerCapability.VIEW)  # type: ignore[assignment]
    territory = RefField(Territory, PartnerCapability.VIEW_TERRITORY)


class MoveSerializer(StrictSerializer):
    """On to the stage `to`, which must be the next one. `told` is for the applicant."""

    to = serializers.ChoiceField(ApplicationState.choices)
    reason = serializers.CharField(max_length=500, allow_blank=True, required=False, default="")
    told = serializers.CharField(max_length=500, allow_blank=True, required=False, default="")


class OutSerializer(StrictSerializer):
    """Aside or out: why, and what the applicant is told."""

    reason = serializers.CharField(max_length=500)
    told = serializers.CharField(max_length=500, allow_blank=True, required=False, default="")


class WhySerializer(StrictSerializer):
    """Why."""

    reason = serializers.CharField(max_length=500)


class ItemStepSerializer(StrictSerializer):
    """A line of the checklist, by its id."""

    item = serializers.UUIDField()


class ItemWaiveSerializer(ItemStepSerializer):
    """A line that is not needed here, and why."""

    reason = serializers.CharField(max_length=250)


class GoLiveSerializer(StrictSerializer):
    """The partner that comes of it."""

    code = serializers.CharField(max_length=40)
    parent = RefField(Partner, PartnerCapability.VIEW)  # type: ignore[assignment]
    territory = RefField(Territory, PartnerCapability.VIEW_TERRITORY)
    product_lines = serializers.ListField(
        child=CodeField(ProductLine, PartnerCapability.VIEW), max_length=100, required=False
    )
    reason = serializers.CharField(max_length=500, allow_blank=True, required=False, default="")
