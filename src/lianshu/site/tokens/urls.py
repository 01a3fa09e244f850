"""The addresses of the access tokens."""

from __future__ import annotations

from django.urls import path

from lianshu.site.tokens import views

urlpatterns = [
    path("", views.tokens, name="tokens"),
    path("<str:prefix>/revoke", views.revoke, name="revoke_token"),
]
