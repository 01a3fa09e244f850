"""The addresses of the site. Every view declares who may open it (``access.permit``)."""

from __future__ import annotations

from django.urls import include, path

from lianshu.site.views import account, home
from lianshu.site.views.styleguide import styleguide

urlpatterns = [
    path("", home.home, name="home"),
    path("healthz", home.healthz, name="healthz"),
    path("account/sign-in", account.sign_in, name="sign_in"),
    path("account/sign-out", account.sign_out, name="sign_out"),
    path("account/profile", account.profile, name="profile"),
    path("account/password", account.password, name="password"),
    path("account/display", account.display, name="display"),
    path("account/tokens/", include("lianshu.site.tokens.urls")),
    path("styleguide", styleguide, name="styleguide"),
    path("", include("lianshu.site.orders.urls")),
    path("readings/", include("lianshu.site.readings.urls")),
    path("quality/", include("lianshu.site.quality.urls")),
    path("imports/", include("lianshu.site.imports.urls")),
    path("verify/", include("lianshu.site.verification.urls")),
    path("", include("lianshu.site.glossary.urls")),
    path("api/", include("lianshu.api.urls")),
]

handler400 = "lianshu.site.views.errors.bad_request"
handler403 = "lianshu.site.views.errors.forbidden"
handler404 = "lianshu.site.views.errors.not_found"
handler500 = "lianshu.site.views.errors.server_error"
