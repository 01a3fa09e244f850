"""A file on its way into the record: looked at, confirmed, captured."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models

LOOKED, QUEUED, RUNNING = "looked", "queued", "running"
DONE, REFUSED, FAILED, STOPPED, DROPPED = "done", "refused", "failed", "stopped", "dropped"
UNDER_WAY = (QUEUED, RUNNING)
MAY_START = (LOOKED, STOPPED, FAILED)  # while the file is still here
STATES = (LOOKED, QUEUED, RUNNING, DONE, REFUSED, FAILED, STOPPED, DROPPED)


class ImportJob(models.Model):
    """One file of one person. What it says is never here for long: the record takes it or it goes.

    ``format`` is a word of ``exchange.intake.FORMATS``; ``scope`` the party for whom it is taken
    (empty: the whole record); ``preview`` what looking at the file found; ``process`` names the
    process that captures it, so that a job which died with it is seen to have stopped.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="imports"
    )
    name = models.CharField(max_length=200)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    format = models.CharField(max_length=80)
    encoding = models.CharField(max_length=12, default="utf-8")
    scope = models.CharField(max_length=300, blank=True)
    state = models.CharField(
        max_length=12, default=LOOKED, choices=[(state, state) for state in STATES]
    )
    preview = models.JSONField(default=dict)
    answered = models.BigIntegerField(default=0)
    counts = models.JSONField(default=dict)
    line_counts = models.JSONField(default=dict)
    refusals = models.JSONField(default=list)
    process = models.CharField(max_length=60, blank=True)
    created = models.DateTimeField()
    started = models.DateTimeField(null=True, blank=True)
    finished = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-created"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["owner", "-created"], name="import_by_owner"),
        ]

    def __str__(self) -> str:
        return f"{self.name} · {self.state}"

    @property
    def under_way(self) -> bool:
        """Whether it waits or is being captured."""
        return self.state in UNDER_WAY
