"""Serials, registration, service jobs, warranty and other claims.

Floor 3: leans on inventory, partners and the ground floor; never imports leads. Holds no models yet."""
