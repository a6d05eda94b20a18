"""The addresses of signing in and of one's own account."""

from __future__ import annotations

from django.urls import path

from iops.foundation import views

urlpatterns = [
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("account/", views.account, name="account"),
    path("account/password/", views.change_password, name="account-password"),
    path("account/sessions/end-others/", views.end_other_sessions, name="account-end-others"),
    path("account/sessions/<slug:session_id>/end/", views.end_session, name="account-end-session"),
]
