"""Catalogue, prices, stock, requests, orders, shipments and returns.

Floor 2: leans on partners and the ground floor. Holds no models yet: its capability has not been built."""
