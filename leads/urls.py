"""Addresses of leads and offers, and of the public enquiry form."""

from django.urls import path

from leads.views import enquiry

app_name = "leads"
urlpatterns = [
    path("enquiry/", enquiry.EnquiryView.as_view(), name="enquiry"),
    path("enquiry/thanks/", enquiry.ThanksView.as_view(), name="enquiry-thanks"),
]
