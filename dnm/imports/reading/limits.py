"""How large a file may be, on disk and unpacked."""

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Ceilings that hold before a file is parsed. Sizes in bytes, times in seconds of processor time."""

    file_bytes: int = 20 * MIB
    unpacked_bytes: int = 150 * MIB
    ratio: int = 100
    """Unpacked to packed; looked at only when the unpacked file is larger than `ratio_from_bytes`."""
    ratio_from_bytes: int = 10 * MIB
    members: int = 2_000
    rows: int = 50_000
    columns: int = 200
    cell_characters: int = 32_767
    memory_bytes: int = 900 * MIB
    seconds: int = 60


DEFAULT = Limits()
