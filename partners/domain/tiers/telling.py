"""The projection in a sentence: "2 won leads and lead acceptance of 80% to Gold"."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from dnm.metrics.declaring import Metric, metric_named
from dnm.web.formats import listed, number, percent, short_day, short_money, span
from partners.models import TierStanding
from partners.states.tiers import Match, Operator


def told(standing: TierStanding, currency: str) -> str:
    """Where the partner is heading: at risk, earned already, or what is missing to the next tier."""
    held, above = standing.projection.get("held"), standing.projection.get("next")
    day = short_day(standing.review_on)
    if _is_falling(standing):
        missing = _missing(held, currency) if held else ""
        words = {"tier": standing.tier, "missing": missing, "day": day}
        if standing.is_in_grace:
            return _("%(tier)s is lost on %(day)s without %(missing)s") % words
        return _("%(tier)s is at risk: %(missing)s by %(day)s") % words
    if _is_rising(standing):
        return _("%(tier)s is earned and counts from %(day)s") % {"tier": standing.earned, "day": day}
    if above:
        missing = _missing(above, currency)
        return _("%(missing)s to %(tier)s") % {"missing": missing, "tier": above["tier"]}
    return _("The highest tier") if standing.tier_id else ""


def amount(name: str, value: Decimal | str | None, currency: str) -> str:
    """A figure in the unit of its metric; empty where there is too little for one."""
    metric = metric_named(name)
    if value is None or metric is None:
        return ""
    figure = Decimal(value)
    match metric.unit:
        case "share":
            return percent(figure / 100)
        case "hours":
            return span(timedelta(hours=float(figure)))
        case "amount":
            return short_money(figure, currency)
    return number(figure)


def titled(name: str) -> str:
    """What a figure is called; its name where the code no longer knows it."""
    metric = metric_named(name)
    return str(metric.title) if metric else name


def wanted(operator: str, name: str, value: Decimal | str, currency: str) -> str:
    """What a criterion asks for: at least 80%, at most 4 hr."""
    return f"{Operator(operator).label} {amount(name, value, currency)}"


def _missing(block: Mapping[str, Any], currency: str) -> str:
    pieces = [_piece(line, currency) for line in block["lines"] if not line["is_met"]]
    return listed(pieces, either=block["match"] == Match.ANY)


def _piece(line: Mapping[str, Any], currency: str) -> str:
    """What of one criterion is missing: how much more of a total, which rate otherwise."""
    metric = metric_named(line["metric"])
    title = titled(line["metric"])
    is_total = metric is not None and metric.unit in {"count", "amount"}
    if metric is not None and is_total and line["operator"] == Operator.AT_LEAST:
        return _more(metric, Decimal(line["value"]) - Decimal(line["actual"] or 0), currency)
    value = amount(line["metric"], line["value"], currency)
    words = {"title": title[:1].lower() + title[1:], "value": value}
    if line["operator"] == Operator.AT_LEAST:
        return _("%(title)s of %(value)s") % words
    return _("%(title)s of at most %(value)s") % words


def _more(metric: Metric, missing: Decimal, currency: str) -> str:
    if metric.unit == "amount":
        said: Any = short_money(missing, currency)
        return str(metric.shortfall % {"count": said}) if metric.shortfall else said
    count = int(missing.to_integral_value(rounding="ROUND_CEILING"))
    if metric.shortfall:
        return str(metric.shortfall % {"count": count})
    return _("%(count)s of %(title)s") % {"count": number(count), "title": metric.title}


def _rank(tier: Any) -> int:
    return tier.rank if tier else 0


def _is_rising(standing: TierStanding) -> bool:
    return _rank(standing.earned) > _rank(standing.tier)


def _is_falling(standing: TierStanding) -> bool:
    return _rank(standing.earned) < _rank(standing.tier)


def course(standing: TierStanding) -> str:
    """Where the figures lead: rising, falling or steady."""
    return "rising" if _is_rising(standing) else "falling" if _is_falling(standing) else "steady"
