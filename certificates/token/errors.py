"""Why a text is not a token."""

from __future__ import annotations


class Malformed(ValueError):
    """Not a token of this format; `code` names the first rule it breaks."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class UnknownVersion(Malformed):
    """A token of a later format: this reader must be updated; it says nothing about genuineness."""

    def __init__(self, version: int) -> None:
        super().__init__("version")
        self.version = version
