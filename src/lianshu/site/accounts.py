"""Signing in: who may, how often one may be wrong, and the demonstration accounts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from lianshu.kernel.refusal import Refusal, Refused
from lianshu.kernel.text import Text
from lianshu.site.models import Membership, Organisation, SignInFailure, User
from lianshu.site.roles import Role

FAILURE_WINDOW = timedelta(minutes=15)
FAILURES_PER_ACCOUNT_AND_ADDRESS = 5
FAILURES_PER_ACCOUNT = 20
FAILURES_PER_ADDRESS = 50

# Shown on the sign-in page in demo mode; outside demo mode no demonstration account can sign in.
DEMO_PASSWORD = "lianshu-demo"  # noqa: S105


class AccountBackend(ModelBackend):
    """Password accounts; demonstration accounts, whose password is public, only in demo mode."""

    def user_can_authenticate(self, user: Any) -> bool:
        """False for a closed account, and for a demonstration account outside demo mode."""
        return bool(super().user_can_authenticate(user)) and (
            settings.LIANSHU_DEMO or not user.is_demo
        )


def sign_in_wait(username: str, address: str, now: datetime) -> timedelta:
    """How long this account at this address has to wait before the next try; zero when it may try now.

    The narrow limit (account and address together) stops guessing at one desk; the two wide limits stop a
    spread attack without letting a stranger lock somebody out with five requests.
    """
    since = now - FAILURE_WINDOW
    recent = SignInFailure.objects.filter(at__gt=since)
    key = username.casefold()[:60]
    limits = (
        (recent.filter(username=key, address=address), FAILURES_PER_ACCOUNT_AND_ADDRESS),
        (recent.filter(username=key), FAILURES_PER_ACCOUNT),
        (recent.filter(address=address), FAILURES_PER_ADDRESS),
    )
    wait = timedelta(0)
    for failures, limit in limits:
        latest = list(failures.order_by("-at").values_list("at", flat=True)[:limit])
        if len(latest) == limit:
            wait = max(wait, latest[-1] + FAILURE_WINDOW - now)
    return wait


def note_sign_in(username: str, address: str, now: datetime, *, succeeded: bool) -> None:
    """Remember a wrong password, forget those of an account that signed in, drop what is too old to count."""
    key = username.casefold()[:60]
    with transaction.atomic():
        SignInFailure.objects.filter(at__lte=now - FAILURE_WINDOW).delete()
        if succeeded:
            SignInFailure.objects.filter(username=key, address=address).delete()
        else:
            SignInFailure.objects.create(username=key, address=address, at=now)


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """One demonstration account: who it is and for whom it acts."""

    role: Role
    name: str
    organisation: str
    kind: str
    region: str = ""


DEMO_ACCOUNTS = (
    DemoAccount(Role.LEAD, "王岚 Wang Lan", "链枢示范链主 Lianshu Demonstration Lead", "lead"),
    DemoAccount(
        Role.SUPPLIER, "陈默 Chen Mo", "链枢示范供应商 Lianshu Demonstration Supplier", "supplier"
    ),
    DemoAccount(Role.BANK, "周行 Zhou Hang", "链枢示范银行 Lianshu Demonstration Bank", "bank"),
    DemoAccount(
        Role.CARRIER, "马驰 Ma Chi", "链枢示范承运商 Lianshu Demonstration Carrier", "carrier"
    ),
    DemoAccount(
        Role.ENTERPRISE,
        "林企 Lin Qi",
        "链枢示范企业 Lianshu Demonstration Enterprise",
        "enterprise",
    ),
    DemoAccount(
        Role.CITY, "江宁 Jiang Ning", "示范市商务局 Demonstration City Bureau", "government", "3201"
    ),
    DemoAccount(
        Role.PROVINCE,
        "苏文 Su Wen",
        "示范省商务厅 Demonstration Province Department",
        "government",
        "32",
    ),
    DemoAccount(
        Role.MINISTRY, "商衡 Shang Heng", "示范部委 Demonstration Ministry", "government", "00"
    ),
    DemoAccount(
        Role.EXPERT, "顾评 Gu Ping", "示范评审机构 Demonstration Review Institute", "institute"
    ),
    DemoAccount(
        Role.REGULATOR, "严监 Yan Jian", "示范监管机构 Demonstration Regulator", "government", "32"
    ),
)


def create_demo_accounts(party_keys: Mapping[Role, str] | None = None) -> list[User]:
    """Make one account per role, named like the role, all with ``DEMO_PASSWORD``; running it again changes nothing.

    ``party_keys`` says which party of the record a role's organisation is, so that its pages show its own data.
    """
    keys = party_keys or {}
    hashed = make_password(DEMO_PASSWORD)
    users = []
    with transaction.atomic():
        for account in DEMO_ACCOUNTS:
            organisation, _ = Organisation.objects.update_or_create(
                name=account.organisation,
                defaults={
                    "kind": account.kind,
                    "region": account.region,
                    "party_key": keys.get(account.role, ""),
                },
            )
            user, _ = User.objects.get_or_create(
                username=account.role.value,
                defaults={
                    "name": account.name,
                    "role": account.role.value,
                    "password": hashed,
                    "is_demo": True,
                },
            )
            if not user.is_demo:  # a real person already has this name: leave that account alone
                continue
            Membership.objects.get_or_create(
                user=user, organisation=organisation, defaults={"is_manager": True}
            )
            users.append(user)
    return users


def save_account(username: str, password: str, *, role: Role | None, **about: str) -> User:
    """Make an account, or give an existing one a new password and whatever else is given.

    ``about``: name, organisation, kind, party_key, region. Raises ``Refused`` for a password that
    Django's rules do not allow, a new account without a role, and an organisation that stands for
    another party already.
    """
    user = User.objects.filter(username=username).first()
    if user is None and role is None:
        raise _refused(
            "--role", "新账号须有角色", "a new account has a role", "加 --role", "give --role"
        )
    user = user or User(username=username)
    user.role = role.value if role else user.role
    user.name = about["name"] or user.name or username
    user.is_active, user.is_demo = True, False
    try:
        validate_password(password, user)
    except ValidationError as error:
        said = " ".join(error.messages)
        raise _refused("password", said, said, "换一个密码", "choose another") from None
    user.set_password(password)
    with transaction.atomic():
        user.save()
        if about["organisation"]:
            _join(user, about)
    return user


def close_account(username: str) -> None:
    """Let an account no longer sign in; what it did stays. Raises ``Refused`` if there is none."""
    if not User.objects.filter(username=username).update(is_active=False):
        raise _refused("--user", f"没有账号 {username}", f"there is no account {username}",
                       "核对登录名", "check the name")  # fmt: skip


def _join(user: User, about: Mapping[str, str]) -> None:
    party_key = about["party_key"]
    organisation, _ = Organisation.objects.get_or_create(
        name=about["organisation"],
        defaults={"kind": about["kind"], "party_key": party_key, "region": about["region"]},
    )
    if party_key and organisation.party_key != party_key:
        raise _refused("--party", f"该单位已对应主体 {organisation.party_key}",
                       f"the organisation stands for {organisation.party_key}",
                       "核对主体编号", "check the party key")  # fmt: skip
    Membership.objects.get_or_create(user=user, organisation=organisation)


def _refused(field: str, zh: str, en: str, remedy_zh: str, remedy_en: str) -> Refused:
    return Refused(Refusal(field, Text(zh, en), Text(remedy_zh, remedy_en), code="account"))
