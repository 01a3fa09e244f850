"""Sign-in, sign-out, profile, password, language and density."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from lianshu.site.access import PUBLIC, SIGNED_IN, permit, role_of
from lianshu.site.accounts import DEMO_PASSWORD
from lianshu.site.components.blocks import Fact
from lianshu.site.forms import NewPasswordForm, ProfileForm, SignInForm
from lianshu.site.middleware import DENSITY_COOKIE
from lianshu.site.models import DENSITIES, User
from lianshu.site.page import render_page
from lianshu.site.texts import say

YEAR_S = 365 * 86_400


def safe_next(request: HttpRequest, default: str = "home") -> str:
    """Where to go next: the ``next`` value when it is a page of this site, otherwise a default page."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    here = {request.get_host()}
    if url_has_allowed_host_and_scheme(wanted, here, require_https=request.is_secure()):
        return wanted
    return reverse(default)


@permit(PUBLIC)
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponseBase:
    """Ask for name and password; a person who is signed in already goes on."""
    if request.user.is_authenticated:
        return redirect(safe_next(request))
    form = SignInForm(request, data=request.POST or None)
    if request.method == "POST" and form.is_valid():
        login(request, form.get_user())
        return redirect(safe_next(request))
    demo = (
        User.objects.filter(is_demo=True, is_active=True).order_by("pk")
        if settings.LIANSHU_DEMO
        else ()
    )
    return render_page(
        request,
        "lianshu/account/sign_in.html",
        title=say("sign_in.title"),
        form=form,
        next=safe_next(request),
        demo_accounts=demo,
        demo_password=DEMO_PASSWORD,
    )


@permit(PUBLIC)
@require_POST
def sign_out(request: HttpRequest) -> HttpResponseBase:
    """End the session."""
    logout(request)
    messages.success(request, say("sign_out.done"), extra_tags="")
    return redirect("sign_in")


def who_facts(request: HttpRequest) -> list[Fact]:
    """Who is signed in and for whom."""
    user = request.user
    assert isinstance(user, User)
    organisations = [o.name for o in user.organisations.order_by("name")]
    return [
        Fact(say("who.name"), user.name),
        Fact(say("sign_in.username"), user.username, "code"),
        Fact(say("who.role"), say(f"role.{role_of(request).value}")),
        Fact(say("who.organisations"), ", ".join(organisations)),
        Fact(say("who.last_sign_in"), user.last_login, "date"),
    ]


@permit(SIGNED_IN)
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponseBase:
    """One's own name, e-mail, language and density."""
    user = request.user
    assert isinstance(user, User)
    initial = {"language": user.language or request.LANGUAGE_CODE}
    form = ProfileForm(request.POST or None, instance=user, initial=initial)
    if request.method == "POST" and form.is_valid():
        form.save()
        response = redirect("profile")
        remember(request, response, language=user.language, density=user.density)
        messages.success(request, say("profile.saved", user.language))
        return response
    return render_page(
        request,
        "lianshu/account/profile.html",
        title=say("menu.profile"),
        crumbs=[(say("menu.group.account"), "")],
        form=form,
        who=who_facts(request),
    )


@permit(SIGNED_IN)
@sensitive_post_parameters("old_password", "new_password1", "new_password2")
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: HttpRequest) -> HttpResponseBase:
    """Change one's own password; other sessions of the account end."""
    user = request.user
    assert isinstance(user, User)
    form = NewPasswordForm(user, request.POST or None)
    if user.is_demo and request.method == "POST":
        form.add_error(None, say("password.demo"))
    if request.method == "POST" and form.is_valid():
        update_session_auth_hash(request, form.save())
        messages.success(request, say("password.saved"))
        return redirect("profile")
    return render_page(
        request,
        "lianshu/account/password.html",
        title=say("menu.password"),
        crumbs=[(say("menu.profile"), reverse("profile"))],
        form=form,
    )


@permit(PUBLIC)
@require_POST
def display(request: HttpRequest) -> HttpResponse:
    """Switch language or density, for this browser and, when signed in, for the account."""
    language, density = request.POST.get("language", ""), request.POST.get("density", "")
    response = redirect(safe_next(request))
    language = language if language in dict(settings.LANGUAGES) else ""
    density = density if density in DENSITIES else ""
    remember(request, response, language=language, density=density)
    if isinstance(request.user, User):
        changes = {"language": language, "density": density}
        User.objects.filter(pk=request.user.pk).update(**{k: v for k, v in changes.items() if v})
    return response


def remember(request: HttpRequest, response: HttpResponse, *, language: str, density: str) -> None:
    """Keep a choice in cookies of this browser."""
    for name, value in ((settings.LANGUAGE_COOKIE_NAME, language), (DENSITY_COOKIE, density)):
        if value:
            response.set_cookie(
                name,
                value,
                max_age=YEAR_S,
                samesite="Lax",
                httponly=True,
                secure=request.is_secure(),
            )
