"""A person's own login: what it is secured by, identities of the network's providers, and the other networks.

Nothing here changes anybody else's login: whoever administers a network keeps memberships, never persons.
"""
