"""The Django application of the interface for programs: its tokens and the workspace it serves."""

from __future__ import annotations

from django.apps import AppConfig
from django.conf import settings

from lianshu.app.serving import serve_folder


class ApiConfig(AppConfig):
    """Registers the token table and says which workspace this process serves."""

    name = "lianshu.api"
    label = "lianshu_api"
    verbose_name = "Lianshu API"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """The folder of the settings is the one served, for the pages as for the interface."""
        serve_folder(settings.LIANSHU_WORKSPACE)
