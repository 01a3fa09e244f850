"""What is asked for a new access token."""

from __future__ import annotations

from typing import Any

from django import forms

from lianshu.api.models import CAPTURE, READ
from lianshu.api.tokens import DAYS, MOST_DAYS
from lianshu.site.texts import say

SCOPES = (READ, f"{READ} {CAPTURE}")


class TokenForm(forms.Form):
    """A name for oneself, what the token allows, and for how long."""

    name = forms.CharField(max_length=100)
    scopes = forms.ChoiceField()
    days = forms.TypedChoiceField(coerce=int, initial=DAYS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = say(f"tokens.{name}")
        self.fields["name"].help_text = say("tokens.name_help")
        self.fields["scopes"].choices = [
            (scope, say(f"tokens.scope.{scope.replace(' ', '_')}")) for scope in SCOPES
        ]
        self.fields["days"].choices = [
            (days, say("tokens.days_of", None, days=days)) for days in (30, DAYS, MOST_DAYS)
        ]
