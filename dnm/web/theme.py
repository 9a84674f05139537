"""A network's accent colour as a stylesheet, in tones whose contrast is computed, not hoped for.

Contrast is WCAG 2's: (L1 + 0.05) / (L2 + 0.05) over relative luminance. Text needs 4.5:1.
"""

from dataclasses import dataclass

TEXT_CONTRAST = 4.5
WHITE = (255, 255, 255)
BLACK = (0, 0, 0)
LIGHT_PAGE = (250, 250, 250)
DARK_SURFACE = (46, 46, 46)
"""The lightest ground of the dark theme: what can be read there can be read on every other."""

Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Tones:
    """What a page paints with: the accent behind white text, as text on light and dark, and a wash of it."""

    accent: str
    text_on_light: str
    text_on_dark: str
    wash_on_light: str
    wash_on_dark: str


def parse(colour: str) -> Colour:
    """`#0b6e69` as numbers."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def contrast(one: str, other: str) -> float:
    """Contrast of two colours, from 1 to 21."""
    return _contrast(parse(one), parse(other))


def is_legible(accent: str) -> bool:
    """Whether white text on the accent, and the accent as text on white, can be read."""
    return _contrast(parse(accent), WHITE) >= TEXT_CONTRAST


def tones(accent: str) -> Tones:
    """Tones of an accent. One that is too light is darkened until white text on it can be read."""
    base = _towards(BLACK, parse(accent), WHITE)
    wash_on_light = _mixed(base, WHITE, 0.10)
    wash_on_dark = _mixed(base, DARK_SURFACE, 0.30)
    return Tones(
        accent=_hex(base),
        text_on_light=_hex(_towards(BLACK, base, wash_on_light, LIGHT_PAGE)),
        text_on_dark=_hex(_towards(WHITE, base, wash_on_dark, DARK_SURFACE)),
        wash_on_light=_hex(wash_on_light),
        wash_on_dark=_hex(wash_on_dark),
    )


def stylesheet(accent: str) -> str:
    """The network's stylesheet: a handful of variables over Tabler's and the portal's own."""
    made = tones(accent)
    rgb = ",".join(map(str, parse(made.accent)))
    return (
        ":root{"
        f"--tblr-primary:{made.accent};--tblr-primary-rgb:{rgb};--tblr-primary-fg:#fff;"
        f"--portal-accent:{made.accent};"
        f"--portal-accent-text:light-dark({made.text_on_light},{made.text_on_dark});"
        f"--portal-accent-wash:light-dark({made.wash_on_light},{made.wash_on_dark});"
        "--tblr-link-color:var(--portal-accent-text)}\n"
    )


def _luminance(colour: Colour) -> float:
    def linear(channel: int) -> float:
        share = channel / 255
        return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)

    red, green, blue = map(linear, colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: Colour, other: Colour) -> float:
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _mixed(one: Colour, other: Colour, share: float) -> Colour:
    red, green, blue = (round(a * share + b * (1 - share)) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _towards(end: Colour, colour: Colour, *grounds: Colour) -> Colour:
    """The first step from `colour` towards `end` that can be read on all the grounds."""
    steps = (_mixed(end, colour, step / 50) for step in range(51))
    return next(
        (step for step in steps if all(_contrast(step, ground) >= TEXT_CONTRAST for ground in grounds)), end
    )


def _hex(colour: Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)
