"""Courses, learning paths and certificates.

Floor 2: leans on partners and the ground floor. Holds no models yet: its capability has not been built."""
