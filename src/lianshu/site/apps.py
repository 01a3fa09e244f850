"""The Django application that holds the accounts and the pages."""

from __future__ import annotations

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """Registers the models, templates and template tags of the site."""

    name = "lianshu.site"
    label = "lianshu_site"
    verbose_name = "Lianshu"
    default_auto_field = "django.db.models.BigAutoField"
