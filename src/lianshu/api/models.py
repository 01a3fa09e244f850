"""Access tokens for programs. Only the SHA-256 of a token is kept."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

READ, CAPTURE = "read", "capture"
TOKEN_SCOPES = (READ, CAPTURE)


class ApiToken(models.Model):
    """One token of one person; ``scopes`` are words of ``TOKEN_SCOPES`` with a space between.

    ``digest`` is the SHA-256 of the token in hex: it has 256 random bits, so a slow hash would add
    nothing. ``prefix`` is the part that may be shown, to tell tokens apart.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens"
    )
    name = models.CharField(max_length=100, blank=True)
    prefix = models.CharField(max_length=12, unique=True)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.CharField(max_length=40)
    created = models.DateTimeField()
    expires = models.DateTimeField()
    last_used = models.DateTimeField(null=True, blank=True)
    revoked = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-created", "prefix"]

    def __str__(self) -> str:
        return f"{self.prefix} · {self.user}"

    def allows(self, scope: str) -> bool:
        """Whether the token was given this scope."""
        return scope in self.scopes.split()
