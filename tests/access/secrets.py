"""The words that a person must not read anywhere: of the other network, of rivals, of prospects."""

from collections.abc import Iterator
from typing import Any

from tests.access.expected import (
    CARD,
    HELD_ELSEWHERE,
    is_told_by,
    knows_partner,
    sees_applicant,
    sees_application,
    sees_bank,
    sees_change,
    sees_comment,
    sees_contact,
    sees_copy,
    sees_document,
    sees_file,
    sees_lead,
    sees_member,
    sees_offer,
    sees_partner,
    sees_publication,
    sees_settlement,
    sees_some_offer,
    sees_standing,
)
from tests.access.stage import Scene, Stage

Words = dict[str, str]
"""Word → whose it is."""


def contact_of(scene: Scene) -> list[str]:
    """Name, e-mail, address, and the phone number in the ways in which it could be written."""
    lead = scene.lead
    return [lead.name, lead.email, lead.address, *_phone_of(scene)]


def _phone_of(scene: Scene) -> list[str]:
    """Nothing for two leads of the same person: who sees one of them knows the number."""
    return [] if scene.shares_its_phone else [scene.lead.phone, scene.lead.phone[-9:]]


def secrets_from(person: str, stage: Stage, other: Stage) -> Words:
    """Everything that `person`, a member of the stage's network, must not read there."""
    words = dict(_of_the_other_network(other))
    for name, scene in stage.scenes.items():
        words |= dict(_of_a_lead(person, name, scene))
    for key, partner in stage.net.partners.items():
        if not knows_partner(person, key, stage.scenes.values()):
            words[str(partner.uid)] = f"id of partner {key}"
            if not is_told_by(person, key):
                words[partner.trade_name] = f"partner {key}"
    for name, comment in stage.comments.items():
        if not sees_comment(person, name, stage.scenes):
            words |= {comment.text: f"comment {name}", str(comment.uid): f"id of comment {name}"}
    for key, document in stage.documents.items():
        words |= dict(_of_a_document(person, key, document))
    for name, file in stage.files.items():
        partner, _, kind = name.partition(" ")
        if not sees_file(person, (partner, kind == "internal")):
            words |= {file.name: f"file {name}", str(file.uid): f"id of file {name}"}
    words |= dict(_applications(person, stage)) | dict(_changes(person, stage)) | dict(_lines(person, stage))
    words |= dict(_standings(person, stage)) | dict(_publications(person, stage))
    return words | dict(_people(person, stage)) | dict(_invited(person, stage))


def _of_a_document(person: str, key: str, document: Any) -> Iterator[tuple[str, str]]:
    if not sees_document(person, key):
        yield str(document.uid), f"id of the document of {key}"
    if document.file is not None and not sees_copy(person, key):
        yield document.number, f"number of {key}"
        yield document.file.name, f"copy of {key}"
        yield str(document.file.uid), f"id of the copy of {key}"


def _of_a_lead(person: str, name: str, scene: Scene) -> Iterator[tuple[str, str]]:
    offered = sees_some_offer(person, scene)
    if not sees_contact(person, scene):
        for word in contact_of(scene):
            yield word, f"contact of {name}"
        if not offered:
            yield scene.message, f"message of {name}"
    if not offered and not sees_lead(person, scene):
        yield str(scene.lead.uid), f"id of {name}"
    for partner, offer in scene.offers.items():
        if not sees_offer(person, scene, partner):
            yield str(offer.uid), f"id of the offer of {name} to {partner}"


def _applications(person: str, stage: Stage) -> Iterator[tuple[str, str]]:
    """Who applies is nobody's business but the staff's of the place; the contact fewer people's still."""
    for zone, row in stage.applications.items():
        if not sees_application(person, zone):
            yield row.organisation, f"application {zone}"
            yield str(row.uid), f"id of application {zone}"
        if not sees_applicant(person, zone):
            for word in (row.contact_name, row.email, row.message):
                yield word, f"applicant {zone}"


def _changes(person: str, stage: Stage) -> Iterator[tuple[str, str]]:
    """A bank account is its owner's and finance's."""
    for partner, row in stage.changes.items():
        if not sees_change(person, partner):
            yield str(row.uid), f"id of the change of {partner}"
            yield row.reason, f"reason of the change of {partner}"
        if row.account_number and not sees_bank(person, partner):
            yield row.account_number, f"bank account of {partner}"
            yield row.holder, f"account holder of {partner}"


def _lines(person: str, stage: Stage) -> Iterator[tuple[str, str]]:
    for partner, row in stage.lines_to_settle.items():
        if not sees_settlement(person, partner):
            yield str(row.uid), f"id of a line to settle of {partner}"


def _standings(person: str, stage: Stage) -> Iterator[tuple[str, str]]:
    for partner, row in stage.standings.items():
        if not sees_standing(person, partner):
            yield str(row.uid), f"id of the standing of {partner}"


def _publications(person: str, stage: Stage) -> Iterator[tuple[str, str]]:
    """Drafts, and what others tell their own: neither title nor text nor file."""
    for key, row in stage.publications.items():
        if not sees_publication(person, key):
            yield row.title, f"title of publication {key}"
            yield f"{row.title} body", f"text of publication {key}"
            yield str(row.uid), f"id of publication {key}"
            yield f"{row.title} file", f"file of publication {key}"


def _people(person: str, stage: Stage) -> Iterator[tuple[str, str]]:
    """Members of partners that the person does not know. Colleagues and staff are no secret."""
    for name, partner in CARD.items():
        if knows_partner(person, partner, stage.scenes.values()):
            continue
        yield f"{name}@{stage.net.network.slug}.example", f"e-mail of {name}"
        if not sees_partner(person, HELD_ELSEWHERE.get(name, partner)):
            yield f"{stage.net.network.name} {name}", f"name of {name}"
        yield str(stage.net.members[name].uid), f"id of {name}"


def _invited(person: str, stage: Stage) -> Iterator[tuple[str, str]]:
    """Whom partners invite, from all who do not look into their people."""
    for partner, row in stage.invitations.items():
        if not sees_member(person, partner):
            for word in (row.email, row.name, str(row.uid)):
                yield word, f"who is invited by {partner}"


def _of_the_other_network(other: Stage) -> Iterator[tuple[str, str]]:
    name = other.net.network.name
    yield name, f"something of {name}"
    yield other.net.network.slug, f"something of {name}"
    for scene in other.scenes.values():
        for number in _phone_of(scene):
            yield number, f"a phone number of {name}"
        yield str(scene.lead.uid), f"an id of {name}"
    for row in [
        *other.invitations.values(),
        *other.files.values(),
        *other.documents.values(),
        *other.comments.values(),
    ]:
        yield str(row.uid), f"an id of {name}"
    for row in [*other.net.partners.values(), *other.net.members.values(), *other.net.territories.values()]:
        yield str(row.uid), f"an id of {name}"


def found_in(text: str, words: Words) -> dict[str, str]:
    """Which of the words stand in the text, in any case."""
    lowered = text.lower()
    return {word: whose for word, whose in words.items() if word and word.lower() in lowered}
