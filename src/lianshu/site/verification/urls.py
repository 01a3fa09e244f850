"""The addresses of the verification page."""

from __future__ import annotations

from django.urls import path

from lianshu.site.verification import views

urlpatterns = [
    path("", views.verification, name="verification"),
    path("run", views.verify_now, name="verify_now"),
    path("checkpoint", views.checkpoint, name="checkpoint"),
    path("check.py", views.checker, name="checker"),
]
