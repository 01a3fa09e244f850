"""``lianshu token W --user NAME``: access tokens for programs that use the interface."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from lianshu.cli.language import say
from lianshu.cli.main import add_format, add_workspace
from lianshu.cli.output import print_csv, print_json, print_table
from lianshu.kernel.refusal import Refusal, Refused
from lianshu.kernel.text import Text

if TYPE_CHECKING:
    from datetime import datetime

HELP = Text("建立、列出或吊销接口的访问令牌", "make, list or revoke access tokens of the interface")


def declare(parser: argparse.ArgumentParser) -> None:
    """Whose token, for what and how long."""
    add_workspace(parser)
    parser.add_argument("--user", required=True, metavar="NAME", help=say("账号", "account"))
    parser.add_argument("--scope", default="read", metavar="read,capture",
                        help=say("权限：read 读取，capture 写入", "what it allows: read, capture"))  # fmt: skip
    parser.add_argument(
        "--days", type=int, default=90, help=say("有效天数", "days that it is valid")
    )
    parser.add_argument("--name", default="", help=say("给自己看的名称", "a name for yourself"))
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument(
        "--list", action="store_true", help=say("列出有效的令牌", "list valid tokens")
    )
    choice.add_argument("--revoke", metavar="PREFIX", help=say("吊销此令牌", "revoke this token"))
    add_format(parser)


def run(args: argparse.Namespace) -> int:
    """Make a token and print it once, or list or revoke."""
    from lianshu.app.workspace import open as open_workspace
    from lianshu.site.start import prepare_site

    open_workspace(args.workspace).close()  # a clear refusal where there is no workspace
    prepare_site(args.workspace)
    from django.utils import timezone

    from lianshu.api.tokens import make_token, revoke_token

    user, now = _account(args.user), timezone.now()
    if args.list:
        _list(user, now, args.format)
    elif args.revoke:
        token = revoke_token(user, args.revoke, now)
        print(say(f"已吊销 {token.prefix}", f"revoked {token.prefix}"))
    else:
        token, secret = make_token(
            user, now, scopes=args.scope.split(","), days=args.days, name=args.name
        )
        if args.format == "json":
            print_json(
                {"token": secret, "prefix": token.prefix, "expires": token.expires.isoformat()}
            )
        else:
            print(secret)
    return 0


def _account(name: str) -> Any:
    from django.contrib.auth import get_user_model

    user = get_user_model().objects.filter(username=name, is_active=True).first()
    if user is None:
        raise Refused(
            Refusal(
                "--user",
                Text(f"没有账号 {name}", f"there is no account {name}"),
                Text("先在网站上建立账号", "make the account on the site first"),
                code="user",
            )
        )
    return user


def _list(user: Any, now: datetime, format_: str) -> None:
    from lianshu.api.tokens import live_tokens

    names = ("prefix", "name", "scopes", "created", "expires", "last_used")
    rows = [
        (one.prefix, one.name, one.scopes, one.created.isoformat(), one.expires.isoformat(),
         one.last_used.isoformat() if one.last_used else "")
        for one in live_tokens(user, now)
    ]  # fmt: skip
    if format_ == "json":
        print_json([dict(zip(names, row, strict=True)) for row in rows])
    elif format_ == "csv":
        print_csv(names, rows)
    else:
        print_table(names, rows, most=len(rows))
