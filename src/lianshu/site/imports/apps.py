"""The Django application of the import wizard: its table of jobs."""

from __future__ import annotations

from django.apps import AppConfig


class ImportsConfig(AppConfig):
    """Registers the table of import jobs."""

    name = "lianshu.site.imports"
    label = "lianshu_imports"
    verbose_name = "Lianshu imports"
    default_auto_field = "django.db.models.BigAutoField"
