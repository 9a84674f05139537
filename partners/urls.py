"""Addresses of partners, territories and people."""

from django.urls import path

from partners.views import (
    accepting,
    audit,
    authorisations,
    exits,
    files,
    invitations,
    organisation,
    oversight,
    partners,
    people,
    territories,
    tree,
)
from partners.views.changes import requests as changes
from partners.views.onboarding import applications, public
from partners.views.onboarding import verbs as application_verbs

app_name = "partners"
urlpatterns = [
    path("partners/", partners.PartnerListView.as_view(), name="list"),
    path("partners/new/", partners.NewPartnerView.as_view(), name="new"),
    path("partners/<uuid:uid>/", partners.PartnerDetailView.as_view(), name="detail"),
    path("partners/<uuid:uid>/edit/", partners.EditPartnerView.as_view(), name="edit"),
    path("partners/<uuid:uid>/people/new/", invitations.InvitePersonView.as_view(), name="new-member"),
    path("partners/<uuid:uid>/files/new/", files.AddFileView.as_view(), name="add-file"),
    path("files/<uuid:uid>/", files.FileView.as_view(), name="file"),
    path("files/<uuid:uid>/remove/", files.RemoveFileView.as_view(), name="remove-file"),
    path("partners/<uuid:uid>/authorise/", authorisations.AuthoriseView.as_view(), name="authorise"),
    path("authorisations/", authorisations.AuthorisationListView.as_view(), name="authorisations"),
    path(
        "authorisations/<uuid:uid>/end/",
        authorisations.EndAuthorisationView.as_view(),
        name="end-authorisation",
    ),
    path("partners/tree/", tree.TreeView.as_view(), name="tree"),
    path("partners/<uuid:uid>/tree/", tree.TreeView.as_view(), name="tree-of"),
    path("partners/<uuid:uid>/move/", organisation.MovePartnerView.as_view(), name="move"),
    path("partners/<uuid:uid>/drop-move/", organisation.DropMoveView.as_view(), name="drop-move"),
    path(
        "partners/<uuid:uid>/<slug:transition>/",
        partners.PartnerTransitionView.as_view(),
        name="transition",
    ),
    path("territories/", territories.TerritoryListView.as_view(), name="territories"),
    path("territories/coverage/", territories.CoverageView.as_view(), name="coverage"),
    path("territories/map/", territories.MapView.as_view(), name="map"),
    path("territories/<uuid:uid>/map/", territories.MapView.as_view(), name="map-of"),
    path("territories/<uuid:uid>/", territories.TerritoryDetailView.as_view(), name="territory"),
    path("people/", people.PeopleView.as_view(), name="people"),
    path("people/invitations/", invitations.InvitationListView.as_view(), name="invitations"),
    path("people/invitations/<uuid:uid>/", invitations.InvitationView.as_view(), name="invitation"),
    path(
        "people/invitations/<uuid:uid>/<slug:verb>/",
        invitations.InvitationVerbView.as_view(),
        name="invitation-verb",
    ),
    path("invitation/<str:secret>/", accepting.AcceptView.as_view(), name="accept"),
    path("people/<uuid:uid>/", people.MemberView.as_view(), name="member"),
    path("people/<uuid:uid>/edit/", people.MemberCardView.as_view(), name="member-card"),
    path("people/<uuid:uid>/view-as/", oversight.ViewAsView.as_view(), name="view-as"),
    path("view-as/", oversight.NowView.as_view(), name="view-as-now"),
    path("view-as/end/", oversight.LeaveView.as_view(), name="view-as-end"),
    path("audit/", audit.AuditView.as_view(), name="audit"),
    path("why/", oversight.WhyView.as_view(), name="why"),
    path("people/<uuid:uid>/<slug:verb>/", people.MemberStateView.as_view(), name="member-state"),
    path("apply/", public.ApplyView.as_view(), name="apply"),
    path("apply/thanks/", public.ApplyThanksView.as_view(), name="apply-thanks"),
    path("apply/progress/<str:token>/", public.ProgressView.as_view(), name="progress"),
    path("apply/<slug:kind>/", public.ApplyAsView.as_view(), name="apply-as"),
    path("applications/", applications.ApplicationListView.as_view(), name="applications"),
    path("applications/new/", applications.NewApplicationView.as_view(), name="application-new"),
    path("applications/board/", applications.BoardView.as_view(), name="application-board"),
    path("applications/<uuid:uid>/", applications.ApplicationDetailView.as_view(), name="application"),
    path(
        "applications/<uuid:uid>/checklist/<uuid:item>/<slug:verb>/",
        application_verbs.ItemVerbView.as_view(),
        name="application-item",
    ),
    path(
        "applications/<uuid:uid>/<slug:verb>/",
        application_verbs.ApplicationVerbView.as_view(),
        name="application-verb",
    ),
    path("changes/", changes.ChangeListView.as_view(), name="changes"),
    path("changes/<uuid:uid>/", changes.ChangeDetailView.as_view(), name="change"),
    path("changes/<uuid:uid>/edit/", changes.EditChangeView.as_view(), name="change-edit"),
    path("changes/<uuid:uid>/<slug:verb>/", changes.ChangeVerbView.as_view(), name="change-verb"),
    path(
        "partners/<uuid:uid>/changes/<slug:kind>/",
        changes.RequestChangeView.as_view(),
        name="request-change",
    ),
    path("settlements/<uuid:uid>/<slug:verb>/", exits.SettlementVerbView.as_view(), name="settlement-verb"),
]
