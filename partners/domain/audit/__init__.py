"""Who did what when, before and after: the log of events and the history of fields, read as one.

`reading` merges the sources into pages, `sources` knows where they lie, `wording` says what they mean and
hides what the reader may not see, `exporting` makes a file of them, which is logged itself.
"""

from partners.domain.audit.exporting import AuditExported, take_audit_file
from partners.domain.audit.reading import Asked, AuditPage, audit_page
from partners.domain.audit.sources import kinds
from partners.domain.audit.wording import Change, Entry

__all__ = [
    "Asked",
    "AuditExported",
    "AuditPage",
    "Change",
    "Entry",
    "audit_page",
    "kinds",
    "take_audit_file",
]
