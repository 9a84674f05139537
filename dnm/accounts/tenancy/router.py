"""Which database role does what."""

from typing import Any


class OwnerMigrates:
    """Only the `owner` alias migrates; everything else reads and writes as the application role."""

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == "owner"

    def allow_relation(self, obj1: Any, obj2: Any, **hints: Any) -> bool:
        """Both aliases are the same database."""
        return True
