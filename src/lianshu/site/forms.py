"""The forms of the account pages."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone

from lianshu.site.accounts import note_sign_in, sign_in_wait
from lianshu.site.models import DENSITIES, User
from lianshu.site.texts import say


class SignInForm(AuthenticationForm):
    """User name and password, with a wait after too many wrong ones."""

    def __init__(self, request: HttpRequest | None = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        self.fields["username"].label = say("sign_in.username")
        self.fields["password"].label = say("sign_in.password")

    def clean(self) -> dict[str, Any]:
        """Check the password, unless this account or address has to wait."""
        username, now = str(self.cleaned_data.get("username") or ""), timezone.now()
        address = str(self.request.META.get("REMOTE_ADDR", "")) if self.request else ""
        wait = sign_in_wait(username, address, now)
        if wait:
            minutes = -(-int(wait.total_seconds()) // 60)
            raise ValidationError(say("sign_in.wait", None, minutes=minutes), code="wait")
        try:
            cleaned = super().clean()
        except ValidationError:
            note_sign_in(username, address, now, succeeded=False)
            raise
        if self.user_cache is not None:
            note_sign_in(username, address, now, succeeded=True)
        return cleaned

    def get_invalid_login_error(self) -> ValidationError:
        """One sentence for every cause: whether the name or the password was wrong is nobody's business."""
        return ValidationError(say("sign_in.wrong"), code="invalid_login")


class ProfileForm(forms.ModelForm):
    """What a person may change about their own account."""

    class Meta:
        model = User
        fields: ClassVar[list[str]] = ["name", "email", "language", "density"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = say(f"profile.{name}")
        tags = [("zh-hans", "language.zh-hans"), ("en", "language.en")]
        self.fields["language"] = forms.ChoiceField(
            label=say("profile.language"), choices=[(tag, say(key)) for tag, key in tags]
        )
        self.fields["density"] = forms.ChoiceField(
            label=say("profile.density"), choices=[(d, say(f"density.{d}")) for d in DENSITIES]
        )
        self.fields["email"].help_text = say("profile.email_help")


class NewPasswordForm(PasswordChangeForm):
    """The old password once, the new one twice; Django's rules with its own translated words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("old_password", "new_password1", "new_password2"):
            self.fields[name].label = say(f"password.{name}")
        self.fields["new_password2"].help_text = ""
        self.fields["new_password1"].help_text = say("password.rules")
