"""Plain text as people write it, shown as paragraphs, lists, headings and links. Knows no other markup."""

from collections.abc import Iterator

from django.utils.html import format_html, format_html_join, urlize
from django.utils.safestring import SafeString, mark_safe

HEADING, ITEM = "## ", "- "


def prose(text: str) -> SafeString:
    """Safe HTML: blank lines part paragraphs, "- " begins an item of a list, "## " a heading."""
    return mark_safe("\n".join(_blocks(text)))  # noqa: S308 - every part was escaped by format_html or urlize


def _blocks(text: str) -> Iterator[SafeString]:
    lines: list[str] = []
    kind = ""
    for line in [*text.replace("\r\n", "\n").split("\n"), ""]:
        here = next((mark for mark in (HEADING, ITEM) if line.startswith(mark)), "" if line.strip() else None)
        if lines and (here != kind or kind == HEADING):
            yield _block(kind, lines)
            lines = []
        if here is not None:
            kind = here
            lines.append(line.removeprefix(here))


def _block(kind: str, lines: list[str]) -> SafeString:
    linked = [(SafeString(urlize(line.strip(), nofollow=True, autoescape=True)),) for line in lines]
    if kind == HEADING:
        return format_html("<h3>{}</h3>", linked[0][0])
    if kind == ITEM:
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", linked))
    return format_html("<p>{}</p>", format_html_join(SafeString("<br>"), "{}", linked))
