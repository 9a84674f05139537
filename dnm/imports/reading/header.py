"""Finding the header and giving every column a name of its own."""

import re
from collections import Counter

from dnm.imports.reading.table import Note

LOOK_AT = 25
LONGEST_HEADER = 120
NUMBER = re.compile(r"[-+(]?[\d.,\s]*\d[\d.,\s%)]*|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T].*)?")


def filled(cells: list[str]) -> int:
    return sum(1 for cell in cells if cell.strip())


def find_header(sample: list[tuple[int, list[str]]]) -> tuple[int, list[Note]]:
    """Index of the header in the first records, and what to tell the person.

    The first record that is filled about as widely as the others; sparser ones above it are titles. A record
    as full as the data is never passed over, so that no data is taken for a title.
    """
    counts = Counter(filled(cells) for _, cells in sample)
    usual = max(counts, key=lambda width: (counts[width], width))
    enough = max(1, -(-usual * 6 // 10))
    index = next((i for i, (_, cells) in enumerate(sample) if filled(cells) >= enough), 0)
    number, cells = sample[index]
    notes = []
    if index:
        notes.append(Note("header_row", {"row": number, "skipped": index}))
    texts = [cell.strip() for cell in cells if cell.strip()]
    if sum(bool(NUMBER.fullmatch(text)) for text in texts) * 3 >= len(texts):
        notes.append(Note("header_looks_like_data", {"row": number}))
    return index, notes


def letter(index: int) -> str:
    """A spreadsheet's name of the column: 0 is A, 26 is AA."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name


def name_columns(cells: list[str], width: int) -> tuple[list[str], list[Note]]:
    """A unique name for each of `width` columns, from the header's cells."""
    names: list[str] = []
    renamed: list[str] = []
    nameless: list[str] = []
    taken: set[str] = set()
    for index in range(width):
        cell = cells[index] if index < len(cells) else ""
        name = " ".join(cell.replace("\ufeff", "").split())[:LONGEST_HEADER]
        if not name:
            name = f"Column {letter(index)}"
            nameless.append(name)
        unique, count = name, 1
        while unique.casefold() in taken:
            count += 1
            unique = f"{name} ({count})"
        if unique != name:
            renamed.append(unique)
        taken.add(unique.casefold())
        names.append(unique)
    notes = []
    if renamed:
        notes.append(Note("renamed_headers", {"headers": ", ".join(renamed[:10])}))
    if nameless:
        notes.append(Note("nameless_columns", {"headers": ", ".join(nameless[:10])}))
    return names, notes
