"""Days as `dnm.web.formats.short_day` writes them, where a template shows one as it is."""

DATE_FORMAT = SHORT_DATE_FORMAT = "j M Y"
DATETIME_FORMAT = SHORT_DATETIME_FORMAT = "j M Y, H:i"
