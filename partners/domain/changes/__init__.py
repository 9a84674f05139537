"""Changes of a partner that take two people and their day: bank account, relocation, ownership, territory."""
