"""Where the lists of this app stand in the menu."""

from django.utils.translation import gettext_lazy as _

from dnm.web.admin.sections import Section

PARTNERS = Section("partners", _("Partners and places"), 10)
PEOPLE = Section("people", _("People"), 20)
