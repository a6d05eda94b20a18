"""The addresses of the pages of contacts."""

from __future__ import annotations

from django.urls import path

from iops.control.contact import taking, views

urlpatterns = [
    path("", views.contacts, name="contacts"),
    path("ringing/", views.ringing, name="contacts-ringing"),
    path("take/", views.take, name="contact-take"),
    path("link/", taking.link, name="contact-link"),
    path("notes/", views.caller_notes, name="caller-notes"),
    path("notes/<record:note_id>/", views.review_note, name="caller-note-review"),
    path("<record:contact_id>/", views.contact, name="contact"),
    path("<record:contact_id>/<slug:name>/", views.act, name="contact-act"),
]
