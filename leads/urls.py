"""Addresses of leads and offers, and of the public enquiry form."""

from django.urls import path

from leads.views import enquiry, leads, offers, verbs

app_name = "leads"
urlpatterns = [
    path("leads/", leads.LeadListView.as_view(), name="list"),
    path("leads/desk/", leads.DeskView.as_view(), name="desk"),
    path("leads/new/", leads.NewLeadView.as_view(), name="new"),
    path("leads/<uuid:uid>/", leads.LeadDetailView.as_view(), name="detail"),
    path("leads/<uuid:uid>/<slug:verb>/", verbs.LeadVerbView.as_view(), name="verb"),
    path("offers/", offers.OfferListView.as_view(), name="offers"),
    path("offers/<uuid:uid>/", offers.OfferDetailView.as_view(), name="offer"),
    path("offers/<uuid:uid>/accept/", offers.AcceptOfferView.as_view(), name="accept"),
    path("offers/<uuid:uid>/decline/", offers.DeclineOfferView.as_view(), name="decline"),
    path("enquiry/", enquiry.EnquiryView.as_view(), name="enquiry"),
    path("enquiry/thanks/", enquiry.ThanksView.as_view(), name="enquiry-thanks"),
]
