"""The administration: a site on every network's host for its staff, and one for platform operators.

Both are Django's admin with the portal's rules: rows come from `visible_to`, saving and actions call the
domain's verbs, and the events they publish are the record. Apps register with `network_site` or
`operator_site` in their `admin` modules. Leans on the rest of the ground floor.
"""

from dnm.web.admin import jobs, log, mails, menu, operators

__all__ = ["jobs", "log", "mails", "menu", "operators"]

menu.register()
