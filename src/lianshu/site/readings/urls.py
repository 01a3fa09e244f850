"""The addresses of the readings."""

from __future__ import annotations

from django.urls import path

from lianshu.site.readings import views

urlpatterns = [
    path("", views.catalogue, name="readings"),
    path("<str:key>/", views.reading, name="reading"),
    path("<str:key>/download/<str:form>", views.download, name="reading_download"),
]
