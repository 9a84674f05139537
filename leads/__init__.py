"""Prospects and their way to a dealer: intake, routing, offers with a clock, the desk.

Verbs stand in leads.domain. Leans on partners and the ground floor; never imports claims."""
