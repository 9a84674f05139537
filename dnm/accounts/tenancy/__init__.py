"""Tenancy: one network at a time, in Python and in PostgreSQL.

`network_context` is the only way in. It opens a transaction, tells PostgreSQL the network for that
transaction (row-level security reads it) and tells Python (querysets of `NetworkModel` add it and refuse to
run without it).
"""

from dnm.accounts.tenancy.constraints import AppendOnly, NetworkPolicy, SameNetwork
from dnm.accounts.tenancy.context import NoNetwork, current_network_id, network_context

__all__ = ["AppendOnly", "NetworkPolicy", "NoNetwork", "SameNetwork", "current_network_id", "network_context"]
