"""Make a workspace ready to be served."""

from __future__ import annotations

import os
from pathlib import Path

import django
from django.core.management import call_command

from lianshu.app.serving import serve_folder


def prepare_site(workspace: Path, *, demo: bool = False) -> None:
    """Point Django at the workspace, bring ``site.db`` up to date and, for a demonstration, add its accounts.

    Sets ``LIANSHU_WORKSPACE``, ``LIANSHU_DEMO`` and ``DJANGO_SETTINGS_MODULE`` for this process and its children.
    Safe to run at every start.
    """
    os.environ["LIANSHU_WORKSPACE"] = str(workspace)
    os.environ["LIANSHU_DEMO"] = "1" if demo else "0"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianshu.site.settings")
    django.setup()
    serve_folder(workspace)
    call_command("migrate", verbosity=0, interactive=False)
    if demo:
        # Models exist only after django.setup().
        from lianshu.site.accounts import create_demo_accounts
        from lianshu.site.demonstration import demo_parties

        create_demo_accounts(demo_parties())
