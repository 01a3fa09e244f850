"""The addresses of the import wizard."""

from __future__ import annotations

from django.urls import path

from lianshu.site.imports import views

urlpatterns = [
    path("", views.imports, name="imports"),
    path("template.xlsx", views.template, name="import_template"),
    path("<uuid:pk>/", views.job, name="import_job"),
    path("<uuid:pk>/look", views.look_again, name="import_look"),
    path("<uuid:pk>/confirm", views.confirm, name="import_confirm"),
    path("<uuid:pk>/drop", views.drop, name="import_drop"),
    path("<uuid:pk>/progress", views.progress, name="import_progress"),
    path("<uuid:pk>/outcomes.csv", views.outcomes, name="import_outcomes"),
    path("<uuid:pk>/errors.xlsx", views.errors, name="import_errors"),
]
