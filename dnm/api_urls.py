"""Everything under /api/. The only module that knows every app's endpoints; included at "api/"."""

from django.urls import URLPattern, URLResolver, include, path, re_path
from rest_framework.routers import SimpleRouter

from dnm.api.personal import JobViewSet, NotificationViewSet
from dnm.api.schema import DocsView, SchemaView
from dnm.api.views import UnknownAddressView
from leads.api import LeadViewSet, OfferViewSet
from partners.api import MeView, PartnerViewSet, ProductLineViewSet, TerritoryViewSet
from partners.api.audit import AuditApi
from partners.api.authorisations import AuthorisationViewSet
from partners.api.changes import ChangeRequestViewSet
from partners.api.comments import CommentViewSet
from partners.api.content import PublicationViewSet
from partners.api.documents import DocumentTypeViewSet, DocumentViewSet
from partners.api.exits import SettlementItemViewSet
from partners.api.files import FileViewSet
from partners.api.invitations import InvitationViewSet
from partners.api.onboarding import ApplicationViewSet
from partners.api.tiers import TierStandingViewSet, TierViewSet

app_name = "api"

router = SimpleRouter()
router.register("leads", LeadViewSet, basename="lead")
router.register("offers", OfferViewSet, basename="offer")
router.register("partners", PartnerViewSet, basename="partner")
router.register("applications", ApplicationViewSet, basename="application")
router.register("change-requests", ChangeRequestViewSet, basename="change-request")
router.register("settlement-items", SettlementItemViewSet, basename="settlement-item")
router.register("tiers", TierViewSet, basename="tier")
router.register("tier-standings", TierStandingViewSet, basename="tier-standing")
router.register("territories", TerritoryViewSet, basename="territory")
router.register("authorisations", AuthorisationViewSet, basename="authorisation")
router.register("product-lines", ProductLineViewSet, basename="product-line")
router.register("comments", CommentViewSet, basename="comment")
router.register("publications", PublicationViewSet, basename="publication")
router.register("documents", DocumentViewSet, basename="document")
router.register("document-types", DocumentTypeViewSet, basename="document-type")
router.register("files", FileViewSet, basename="file")
router.register("invitations", InvitationViewSet, basename="invitation")
router.register("jobs", JobViewSet, basename="job")
router.register("notifications", NotificationViewSet, basename="notification")

version_1: list[URLPattern | URLResolver] = [
    path("schema/", SchemaView.as_view(), name="schema"),
    path("audit/", AuditApi.as_view(), name="audit"),
    path("me/", MeView.as_view(), name="me"),
    path("docs/", DocsView.as_view(), name="docs"),
    *router.urls,
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("v1/", include(version_1)),
    re_path("", UnknownAddressView.as_view()),
]
