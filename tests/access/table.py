"""All rows together, and every address that the portal answers at a network's host."""

from collections.abc import Iterator

from django.urls import get_resolver
from django.urls.resolvers import URLPattern, URLResolver

from tests.access.account_routes import ACCOUNTS, DESCRIPTION
from tests.access.admin_routes import ADMINISTRATION
from tests.access.change_routes import CHANGE_ENDPOINTS, CHANGE_PAGES
from tests.access.comment_routes import COMMENT_ENDPOINTS, COMMENT_PAGES
from tests.access.content_routes import CONTENT_ENDPOINTS, CONTENT_PAGES
from tests.access.document_routes import DOCUMENT_ENDPOINTS, DOCUMENT_PAGES
from tests.access.exit_routes import EXIT_ENDPOINTS, EXIT_PAGES
from tests.access.file_routes import FILE_ENDPOINTS, FILE_PAGES
from tests.access.frame_routes import FRAME, IMPORTS, NOTIFICATIONS, OWN_ENDPOINTS
from tests.access.lead_routes import ENQUIRY, LEAD_ENDPOINTS, LEAD_PAGES, OFFER_ENDPOINTS, OFFER_PAGES
from tests.access.login_routes import LOGIN_PAGES
from tests.access.onboarding_routes import APPLICATION_ENDPOINTS, APPLICATION_PAGES, APPLYING
from tests.access.organisation_routes import ORGANISATION_ENDPOINTS, ORGANISATION_PAGES
from tests.access.oversight_routes import OVERSIGHT
from tests.access.partner_routes import PARTNER_ENDPOINTS, PARTNER_PAGES
from tests.access.people_routes import INVITATION_ENDPOINTS, PEOPLE_PAGES
from tests.access.routes import Route
from tests.access.tier_routes import TIER_ENDPOINTS, TIER_PAGES

GROUPS: dict[str, list[Route]] = {
    "lead pages": LEAD_PAGES,
    "offer pages": OFFER_PAGES,
    "partner pages": PARTNER_PAGES,
    "comment pages": COMMENT_PAGES,
    "comment endpoints": COMMENT_ENDPOINTS,
    "document pages": DOCUMENT_PAGES,
    "document endpoints": DOCUMENT_ENDPOINTS,
    "file pages": FILE_PAGES,
    "file endpoints": FILE_ENDPOINTS,
    "application pages": APPLICATION_PAGES,
    "application endpoints": APPLICATION_ENDPOINTS,
    "applying": APPLYING,
    "change pages": CHANGE_PAGES,
    "change endpoints": CHANGE_ENDPOINTS,
    "oversight": OVERSIGHT,
    "login": LOGIN_PAGES,
    "exit pages": EXIT_PAGES,
    "exit endpoints": EXIT_ENDPOINTS,
    "organisation pages": ORGANISATION_PAGES,
    "organisation endpoints": ORGANISATION_ENDPOINTS,
    "tier pages": TIER_PAGES,
    "tier endpoints": TIER_ENDPOINTS,
    "content pages": CONTENT_PAGES,
    "content endpoints": CONTENT_ENDPOINTS,
    "frame": FRAME,
    "notifications": NOTIFICATIONS,
    "imports": IMPORTS,
    "enquiry": ENQUIRY,
    "lead endpoints": LEAD_ENDPOINTS,
    "offer endpoints": OFFER_ENDPOINTS,
    "partner endpoints": PARTNER_ENDPOINTS,
    "people pages": PEOPLE_PAGES,
    "invitation endpoints": INVITATION_ENDPOINTS,
    "own endpoints": OWN_ENDPOINTS,
    "administration": ADMINISTRATION,
    "accounts": ACCOUNTS,
    "description": DESCRIPTION,
}
ROUTES = [route for routes in GROUPS.values() for route in routes]


def names(urlconf: str = "dnm.urls") -> Iterator[str]:
    """Names of all addresses, with their namespaces; the pattern where there is no name."""
    yield from _names(get_resolver(urlconf), "")


def _names(resolver: URLResolver, space: str) -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _names(pattern, inner)
        elif isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}" if pattern.name else f"{space}{pattern.pattern}"
