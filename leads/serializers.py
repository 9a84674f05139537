"""What the API shows and takes of leads and offers. Masks are applied here; meaning is the verbs'."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from dnm.accounts.contact import without_contact
from dnm.api.serializers import CodedRefSerializer, CodeField, RefField, RefSerializer, StrictSerializer
from dnm.scoping.masks import hidden_fields
from dnm.workflow.flows import available
from leads.domain.explaining import why_you
from leads.models import Lead, Offer
from leads.states import DeclineReason, DeskReason, LeadState, OfferState
from partners.models import Partner, ProductLine
from partners.permissions import PartnerCapability


class ContactField(serializers.CharField):
    """Null where the reader may not see contact data."""

    def __init__(self) -> None:
        super().__init__(allow_null=True, help_text=self.__doc__)


class OfferRefSerializer(serializers.Serializer[Offer]):
    """The offer that is live on a lead."""

    id = serializers.UUIDField(source="uid")
    state = serializers.ChoiceField(OfferState.choices)
    partner = RefSerializer()
    step = serializers.IntegerField()
    distance_km = serializers.FloatField(allow_null=True)
    created_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()


class LeadSerializer(serializers.Serializer[Lead]):
    """A lead. `offer` is the live one; `partner` owns the lead from acceptance on.

    `hidden` names the fields that are null because the reader may not see them; `actions` the steps that the
    reader may take now.
    """

    id = serializers.UUIDField(source="uid")
    state = serializers.ChoiceField(LeadState.choices)
    state_changed_at = serializers.DateTimeField()
    created_at = serializers.DateTimeField()
    product_line = serializers.CharField(source="product_line.code", default=None, allow_null=True)
    territory = CodedRefSerializer()
    postal_code = serializers.CharField()
    place = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    consent = serializers.BooleanField()
    name = ContactField()
    phone = ContactField()
    email = ContactField()
    address = ContactField()
    message = serializers.CharField(
        allow_null=True, help_text="Without phone numbers, addresses and names where `phone` is hidden."
    )
    partner = RefSerializer(allow_null=True)
    offer = serializers.SerializerMethodField()
    desk_reason = serializers.ChoiceField(DeskReason.choices, allow_blank=True)
    lost_reason = serializers.CharField()
    competitor = serializers.CharField()
    proof_of_sale = serializers.CharField()
    accepted_at = serializers.DateTimeField(allow_null=True)
    first_contact_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    hidden = serializers.SerializerMethodField()
    actions = serializers.SerializerMethodField()

    @extend_schema_field(OfferRefSerializer(allow_null=True))
    def get_offer(self, lead: Lead) -> Any:
        live = lead.live_offers  # type: ignore[attr-defined]
        return OfferRefSerializer(live[0]).data if live else None

    def get_hidden(self, lead: Lead) -> list[str]:
        return sorted(hidden_fields(self.context["request"].actor, lead))

    def get_actions(self, lead: Lead) -> list[str]:
        found = available(lead, self.context["request"].actor)
        return [offered.transition.name for offered in found if not offered.why_not]

    def to_representation(self, lead: Lead) -> dict[str, Any]:
        shown: dict[str, Any] = super().to_representation(lead)
        for name in shown["hidden"]:
            if name in shown:
                shown[name] = None
        if "phone" in shown["hidden"] and shown["message"]:
            shown["message"] = without_contact(lead.message, name=lead.name)
        return shown


class LeadCreateSerializer(StrictSerializer):
    """A prospect's need. A phone number or an e-mail address is required, and so is consent.

    `external_id` makes the intake harmless to repeat within its `source`.
    """

    name = serializers.CharField(max_length=120)
    phone = serializers.CharField(max_length=40, allow_blank=True, required=False)
    email = serializers.CharField(max_length=254, allow_blank=True, required=False)
    postal_code = serializers.CharField(max_length=12, allow_blank=True, required=False)
    message = serializers.CharField(max_length=4000, allow_blank=True, required=False)
    product_line = CodeField(ProductLine, PartnerCapability.VIEW, allow_null=True, required=False)
    consent = serializers.BooleanField()
    source = serializers.CharField(max_length=40, required=False)  # type: ignore[assignment]
    external_id = serializers.CharField(max_length=120, allow_blank=True, required=False)


class ContactSerializer(StrictSerializer):
    """How the customer was reached: call, mail, visit."""

    proof = serializers.CharField(max_length=500)


class WinSerializer(StrictSerializer):
    """The number of the order, or of the unit sold."""

    proof_of_sale = serializers.CharField(max_length=80)


class LoseSerializer(StrictSerializer):
    """Why, and to whom."""

    reason = serializers.CharField(max_length=250)
    competitor = serializers.CharField(max_length=120, allow_blank=True, required=False)


class NeededReasonSerializer(StrictSerializer):
    """Why."""

    reason = serializers.CharField(max_length=250)


class OfferByHandSerializer(StrictSerializer):
    """The partner to ask."""

    partner = RefField(Partner, PartnerCapability.VIEW)


class DeclineSerializer(StrictSerializer):
    """Why the partner says no."""

    reason = serializers.ChoiceField(DeclineReason.choices)
    note = serializers.CharField(max_length=250, allow_blank=True, required=False)


class OfferSerializer(serializers.Serializer[Offer]):
    """A lead proposed to one partner until `due_at`. It never holds the customer's contact data.

    `lead` opens at /leads/ once the offer is accepted.
    """

    id = serializers.UUIDField(source="uid")
    state = serializers.ChoiceField(OfferState.choices)
    state_changed_at = serializers.DateTimeField()
    lead = serializers.UUIDField(source="lead.uid")
    partner = RefSerializer()
    product_line = serializers.CharField(source="product_line.code", default=None, allow_null=True)
    territory = CodedRefSerializer()
    place = serializers.CharField()
    postal_code = serializers.CharField()
    message = serializers.CharField()
    distance_km = serializers.FloatField(allow_null=True)
    why = serializers.SerializerMethodField()
    step = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    answered_at = serializers.DateTimeField(allow_null=True)
    decline_reason = serializers.CharField()
    decline_note = serializers.CharField()
    actions = serializers.SerializerMethodField()

    def get_why(self, offer: Offer) -> list[str]:
        return why_you(offer)

    def get_actions(self, offer: Offer) -> list[str]:
        found = available(offer, self.context["request"].actor)
        return [offered.transition.name for offered in found if not offered.why_not]
