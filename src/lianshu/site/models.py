"""Accounts and organisations. What the chain did is never here: that is the record's."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from lianshu.site.roles import SIGNED_IN_ROLES, Role

DENSITIES = ("comfortable", "compact")
LANGUAGE_TAGS = ("zh-hans", "en")


class Organisation(models.Model):
    """A firm, bank or body that people act for. ``party_key`` names the same party in the record."""

    KINDS = ("lead", "supplier", "bank", "carrier", "enterprise", "government", "institute")

    name = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=20, choices=[(kind, kind) for kind in KINDS])
    party_key = models.CharField(max_length=100, blank=True, db_index=True)
    region = models.CharField(max_length=12, blank=True)  # GB/T 2260 code of the jurisdiction

    def __str__(self) -> str:
        return self.name


class Accounts(BaseUserManager):
    """Looks up accounts by user name and creates them with a hashed password."""

    def create_account(self, username: str, password: str, role: Role, **fields: object) -> User:
        """A new account; ``Role.PUBLIC`` is nobody's account and is refused with AssertionError."""
        assert role in SIGNED_IN_ROLES, "the public has no account"
        user = self.model(username=username, role=role.value, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person who signs in; one role, any number of organisations."""

    username = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=100)
    email = models.EmailField(blank=True)
    role = models.CharField(
        max_length=20, choices=[(r.value, r.value) for r in Role if r in SIGNED_IN_ROLES]
    )
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)
    language = models.CharField(
        max_length=10, blank=True, choices=[(tag, tag) for tag in LANGUAGE_TAGS]
    )
    density = models.CharField(
        max_length=12, default=DENSITIES[0], choices=[(d, d) for d in DENSITIES]
    )
    created = models.DateTimeField(auto_now_add=True)
    organisations = models.ManyToManyField(
        Organisation, through="Membership", related_name="people"
    )

    objects = Accounts()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name", "role"]

    def __str__(self) -> str:
        return self.name or self.username

    @property
    def role_key(self) -> str:
        """The key of the words for this person's role."""
        return f"role.{self.role}"


class Membership(models.Model):
    """One person in one organisation; ``is_manager`` may invite colleagues."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, related_name="memberships"
    )
    is_manager = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "organisation"], name="one_membership_each"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.organisation}"


class SignInFailure(models.Model):
    """One wrong password, kept for a quarter of an hour so that guessing is slow."""

    username = models.CharField(max_length=60)
    address = models.CharField(max_length=45)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["username", "at"], name="failure_by_username"),
            models.Index(fields=["address", "at"], name="failure_by_address"),
        ]

    def __str__(self) -> str:
        return f"{self.username} {self.address} {self.at:%Y-%m-%d %H:%M}"
