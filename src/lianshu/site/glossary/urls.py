"""The addresses of the pages of reference."""

from __future__ import annotations

from django.urls import path

from lianshu.site.glossary import views

urlpatterns = [
    path("about/", views.about, name="about"),
    path("glossary/", views.glossary, name="glossary"),
    path("schema/", views.schema, name="schema"),
]
