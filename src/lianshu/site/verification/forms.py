"""The form that takes a proof."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from lianshu.record.check import Invalid, parse_vkey
from lianshu.site.texts import current_language, say
from lianshu.site.verification.proofs import MAX_PROOF_BYTES


class ProofForm(forms.Form):
    """A proof file, and what the reader trusts: a key and a checkpoint kept from before."""

    proof = forms.FileField()
    vkey = forms.CharField(required=False, max_length=400)
    kept = forms.CharField(required=False, max_length=4_000, widget=forms.Textarea({"rows": 4}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = say(f"verify.form.{name}")
            field.help_text = say(f"verify.form.{name}_help")

    def clean_proof(self) -> Any:
        """A file of a size that a proof can have."""
        upload = self.cleaned_data["proof"]
        if upload.size > MAX_PROOF_BYTES:
            limit = MAX_PROOF_BYTES // 2**20
            raise ValidationError(say("verify.form.too_big", None, limit=limit), code="size")
        return upload

    def clean_vkey(self) -> str:
        """A key that reads as one; empty means that none is trusted beforehand."""
        vkey = str(self.cleaned_data["vkey"]).strip()
        if vkey:
            try:
                parse_vkey(vkey)
            except Invalid as invalid:
                said = invalid.en if current_language() == "en" else invalid.zh
                raise ValidationError(said, code="vkey") from None
        return vkey

    def clean_kept(self) -> str:
        """The text of a checkpoint; a form field sends other line ends and may drop the last."""
        kept = str(self.cleaned_data["kept"]).replace("\r\n", "\n").strip("\n")
        return f"{kept}\n" if kept else ""
