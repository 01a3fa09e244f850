"""The addresses of the pages of data quality."""

from __future__ import annotations

from django.urls import path

from lianshu.site.quality import views

urlpatterns = [
    path("", views.quality, name="quality"),
    path("refused/", views.refused_attempts, name="refused_attempts"),
    path("findings/<str:key>/", views.finding, name="finding"),
]
