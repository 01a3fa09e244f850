"""``lianshu account W --user NAME --role ROLE``: an account of the site, or a new password for one."""

from __future__ import annotations

import argparse
import getpass
import sys

from lianshu.cli.language import say
from lianshu.cli.main import add_workspace
from lianshu.kernel.refusal import Refusal, Refused
from lianshu.kernel.text import Text

HELP = Text("建立网站账号，或为其重设密码", "make an account of the site, or set its password anew")
# The roles of site.roles; spelt here so that --help needs no Django.
ROLES = (
    "lead", "supplier", "bank", "carrier", "enterprise", "city", "province", "ministry", "expert",
    "regulator",
)  # fmt: skip
KINDS = {"city": "government", "province": "government", "ministry": "government",
         "regulator": "government", "expert": "institute"}  # fmt: skip


def declare(parser: argparse.ArgumentParser) -> None:
    """Who, in which role, for which organisation."""
    add_workspace(parser)
    parser.add_argument("--user", required=True, metavar="NAME", help=say("登录名", "sign-in name"))
    parser.add_argument(
        "--role", choices=ROLES, help=say("角色（新账号必填）", "role (needed for a new account)")
    )
    parser.add_argument("--name", default="", help=say("姓名", "the person's name"))
    parser.add_argument("--organisation", default="", help=say("所属单位", "organisation"))
    parser.add_argument("--party", default="", metavar="KEY",
                        help=say("该单位在记录中的主体编号", "the organisation's party key in the record"))  # fmt: skip
    parser.add_argument("--region", default="", metavar="CODE",
                        help=say("行政区划代码（GB/T 2260）", "division code (GB/T 2260)"))  # fmt: skip
    parser.add_argument("--close", action="store_true", help=say("停用该账号", "close the account"))


def run(args: argparse.Namespace) -> int:
    """Make or change it; the password is asked for, or read as one line from standard input."""
    from lianshu.app.workspace import open as open_workspace
    from lianshu.site.start import prepare_site

    open_workspace(args.workspace).close()  # a clear refusal where there is no workspace
    prepare_site(args.workspace)
    from lianshu.site.accounts import close_account, save_account
    from lianshu.site.roles import Role

    if args.close:
        close_account(args.user)
        print(say(f"已停用 {args.user}", f"closed {args.user}"))
        return 0
    user = save_account(
        args.user, _password(), role=Role(args.role) if args.role else None, name=args.name,
        organisation=args.organisation, party_key=args.party, region=args.region,
        kind=KINDS.get(args.role, args.role or ""),
    )  # fmt: skip
    print(say(f"账号 {user.username} 可以登录", f"account {user.username} may sign in"))
    return 0


def _password() -> str:
    """Typed twice at a terminal, else the first line of standard input; never an argument."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass(say("密码：", "password: "))
    if first != getpass.getpass(say("再输一次：", "again: ")):
        raise Refused(Refusal("password", Text("两次不同", "the two differ"),
                              Text("重新输入", "type it again"), code="password"))  # fmt: skip
    return first
