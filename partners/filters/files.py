"""Filters of files."""

import django_filters
from django.utils.translation import gettext_lazy as _

from dnm.api.filtering import ChoiceInScope
from partners.models import Partner, StoredFile
from partners.permissions import PartnerCapability


class FileFilters(django_filters.FilterSet):
    """What a list of files may be narrowed by."""

    partner = ChoiceInScope(Partner, PartnerCapability.VIEW, by="uid", label=_("Partner"))

    class Meta:
        model = StoredFile
        fields: list[str] = []
