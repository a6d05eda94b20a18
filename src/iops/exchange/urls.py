"""The addresses of the pages of other systems."""

from __future__ import annotations

from django.urls import path

from iops.exchange import views

app_name = "exchange"
urlpatterns = [
    path("partners/", views.messages_waiting, name="messages"),
    path("partners/messages/<int:message_id>/<slug:name>/", views.message_act, name="message-act"),
    path("partners/webhooks/", views.subscriptions, name="subscriptions"),
    path("partners/webhooks/<int:subscription_id>/", views.subscription, name="subscription"),
    path("partners/webhooks/<int:subscription_id>/<slug:name>/", views.subscription_act, name="subscription-act"),
    path("partners/tokens/", views.tokens, name="tokens"),
    path("partners/tokens/systems/", views.make_system, name="make-system"),
    path("partners/tokens/<int:token_id>/revoke/", views.revoke, name="revoke"),
]
