"""Where the lists of this app stand in the menu."""

from django.utils.translation import gettext_lazy as _

from dnm.web.admin.sections import Section

LEADS = Section("leads", _("Leads"), 30)
