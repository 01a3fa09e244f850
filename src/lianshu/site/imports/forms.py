"""The forms of the import wizard."""

from __future__ import annotations

from typing import Any

from django import forms

from lianshu.site.imports.keeping import MAX_UPLOAD_BYTES, SUFFIXES
from lianshu.site.imports.meaning import mapping_titles
from lianshu.site.texts import say, words_of

ENCODINGS = ("utf-8", "gb18030")
WORDS = ("auto", "package", "flows", "entries", "epcis")
OWN = "own"  # a mapping that comes with the file


def format_choices() -> list[tuple[str, str]]:
    """The formats with what they are called."""
    named = [(word, say(f"imports.format.{word}")) for word in WORDS]
    for name, title in mapping_titles().items():
        words = say("imports.format.mapping", None, title=words_of(title))
        named.append((f"mapping:{name}", words))
    return [*named, (OWN, say("imports.format.own"))]


class FormatForm(forms.Form):
    """How a file is to be read."""

    format = forms.ChoiceField()
    encoding = forms.ChoiceField(choices=[(name, name.upper()) for name in ENCODINGS])
    mapping = forms.FileField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["format"].choices = format_choices()
        self.fields["mapping"].widget.attrs["accept"] = ".yaml,.yml"
        for name, field in self.fields.items():
            field.label = say(f"imports.{name}")
            field.help_text = say(f"imports.{name}_help")

    @property
    def first(self) -> list[forms.BoundField]:
        """The fields that everybody needs."""
        return [self[name] for name in self.fields if name in ("file", "format")]

    @property
    def more(self) -> list[forms.BoundField]:
        """The fields behind 更多选项."""
        return [self[name] for name in self.fields if name in ("encoding", "mapping")]

    @property
    def more_in_use(self) -> bool:
        """Whether those fields hold something or are wrong."""
        asked = self["format"].value() == OWN or self["encoding"].value() not in (
            None,
            ENCODINGS[0],
        )
        return asked or any(field.errors for field in self.more)

    def clean(self) -> dict[str, Any]:
        """Their own mapping has to come with the file."""
        cleaned = super().clean() or {}
        if cleaned.get("format") == OWN and not cleaned.get("mapping"):
            self.add_error("mapping", say("imports.mapping_missing"))
        return cleaned


class UploadForm(FormatForm):
    """A file, and how it is to be read."""

    file = forms.FileField()
    field_order = ["file", "format", "encoding", "mapping"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limit = MAX_UPLOAD_BYTES // 2**20
        self.fields["file"].help_text = say("imports.file_help", None, limit=limit)
        self.fields["file"].widget.attrs |= {
            "accept": ",".join(SUFFIXES),
            "data-limit": str(MAX_UPLOAD_BYTES),
            "data-too-large": say("imports.too_large", None, limit=limit),
        }
