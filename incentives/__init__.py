"""Discounts, special prices, programmes, MDF, the ledger, statements and payouts.

Floor 4: leans on leads, claims and all below. Holds no models yet."""
