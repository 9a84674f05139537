"""What a member wants to be told, and how."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from dnm.accounts.actors import Actor
from dnm.notifications.kinds import NotificationKind, all_kinds
from dnm.notifications.models import Channel, Preference
from dnm.scoping import may
from dnm.scoping.errors import NotAllowed


@dataclass(frozen=True, slots=True)
class Wish:
    """Where one member wants to hear of one kind."""

    kind: NotificationKind
    portal: bool
    email: bool


def wishes_for(kind: NotificationKind, membership_ids: Iterable[int]) -> dict[int, Wish]:
    """The wish of each membership for one kind; one query, however many."""
    ids = list(membership_ids)
    chosen = {
        (membership_id, channel): enabled
        for membership_id, channel, enabled in Preference.objects.filter(
            kind=kind.name, membership_id__in=ids
        ).values_list("membership_id", "channel", "enabled")
    }
    return {
        membership_id: Wish(
            kind=kind,
            portal=kind.urgent or chosen.get((membership_id, Channel.PORTAL), True),
            email=chosen.get((membership_id, Channel.EMAIL), kind.email),
        )
        for membership_id in ids
    }


def wishes_of(actor: Actor) -> list[Wish]:
    """The actor's wish for each kind whose subjects the actor's roles open."""
    chosen = {(row.kind, row.channel): row.enabled for row in Preference.objects.visible_to(actor)}
    return [
        Wish(
            kind=kind,
            portal=kind.urgent or chosen.get((kind.name, Channel.PORTAL), True),
            email=chosen.get((kind.name, Channel.EMAIL), kind.email),
        )
        for kind in all_kinds()
        if may(actor, kind.capability)
    ]


def set_preferences(*, actor: Actor, wanted: Mapping[str, Collection[str]]) -> None:
    """Keep the actor's choices: `wanted` maps a kind's name to the channels that are on.

    Only kinds that the actor may be told of are touched; a choice equal to the default needs no row. Urgent
    kinds stay on in the portal.
    """
    if actor.membership is None:
        raise NotAllowed
    for wish in wishes_of(actor):
        on = wanted.get(wish.kind.name, ())
        _choose(actor, wish.kind, Channel.EMAIL, Channel.EMAIL in on, default=wish.kind.email)
        if not wish.kind.urgent:
            _choose(actor, wish.kind, Channel.PORTAL, Channel.PORTAL in on, default=True)


def _choose(actor: Actor, kind: NotificationKind, channel: Channel, enabled: bool, *, default: bool) -> None:
    mine = Preference.objects.visible_to(actor).filter(kind=kind.name, channel=channel)
    if enabled == default:
        mine.delete()
    elif actor.membership is not None and not mine.update(enabled=enabled):
        Preference.objects.create(
            membership=actor.membership, kind=kind.name, channel=channel, enabled=enabled
        )
