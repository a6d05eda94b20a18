"""The addresses of referrals. The day of a reference is a converter of the control room."""

from __future__ import annotations

from django.urls import path

from iops.control import urls as control  # noqa: F401 - registers the converters that the addresses below use
from iops.safeguarding.referrals import partner_views, views

urlpatterns = [
    path("referrals/", views.listed, name="referrals"),
    path("referrals/new/<number:number>/<day:day>/", views.new, name="referral-new"),
    path("referrals/<int:referral_id>/", views.referral, name="referral"),
    path("referrals/<int:referral_id>/package.pdf", views.package, name="referral-package"),
    path("referrals/<int:referral_id>/<slug:what>/", views.act, name="referral-act"),
    path("partner/<slug:token>/", partner_views.page, name="partner"),
]
