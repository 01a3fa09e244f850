"""Make, see and revoke one's own access tokens. A new one is shown once, on the answer that made it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from lianshu.api.tokens import live_tokens, make_token, revoke_token
from lianshu.kernel.refusal import Refused
from lianshu.site.access import SIGNED_IN, permit
from lianshu.site.page import render_page
from lianshu.site.refusals import refusal_lines
from lianshu.site.texts import say
from lianshu.site.tokens.forms import TokenForm


@permit(SIGNED_IN)
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """One's valid tokens, and a form for a new one."""
    form = TokenForm(request.POST or None)
    secret = _make(request, form) if request.method == "POST" and form.is_valid() else ""
    response = render_page(
        request,
        "lianshu/tokens/tokens.html",
        title=say("tokens.title"),
        lead=say("tokens.lead"),
        crumbs=[(say("menu.profile"), reverse("profile"))],
        form=TokenForm() if secret else form,
        secret=secret,
        tokens=live_tokens(request.user, timezone.now()),
    )
    response["Cache-Control"] = "private, no-store"
    return response


def _make(request: HttpRequest, form: TokenForm) -> str:
    """The secret of a new token; empty, with the reason in the form, where there may be none."""
    wanted = form.cleaned_data
    try:
        _, secret = make_token(
            request.user,
            timezone.now(),
            scopes=wanted["scopes"].split(),
            days=wanted["days"],
            name=wanted["name"],
        )
    except Refused as refused:
        for line in refusal_lines(refused):
            form.add_error(None, line)
        return ""
    return secret


@permit(SIGNED_IN)
@require_POST
def revoke(request: HttpRequest, prefix: str) -> HttpResponseBase:
    """End one of one's own tokens at once."""
    try:
        revoke_token(request.user, prefix, timezone.now())
        messages.success(request, say("tokens.revoked", None, prefix=prefix))
    except Refused as refused:
        messages.error(request, " ".join(refusal_lines(refused)))
    return redirect("tokens")
