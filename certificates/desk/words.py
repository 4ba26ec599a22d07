"""A verdict of the desk in words: its tone, its name, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from certificates import verification as v
from certificates.desk import reading
from certificates.desk.scan import limits

FORGED = "forged"
UNKNOWN = "unknown"
MISSING = "missing"
NEWER = "newer"
NO_CODE = "no_code"
REFUSED = "refused"
MODIFIED = "modified"


@dataclass(frozen=True)
class Word:
    """How a verdict is shown: tone good, warn or bad; the worst stand first."""

    tone: str
    title: Any
    deed: Any = ""


WORDS = {
    v.GENUINE: Word("good", _l("Genuine, in force"), _l("Compare name and birth date with the paper and the person's ID.")),
    v.EXPIRED: Word("warn", _l("Genuine, expired"), _l("It was valid until the day it names.")),
    v.UNSIGNED: Word("warn", _l("Not signed yet"), _l("It is in the register and waits for its signature. Check it again later.")),
    v.UNCONFIRMED: Word("warn", _l("Not confirmed"), _l("Its key was withdrawn. Ask the issuer for a confirmation in writing.")),
    v.REVOKED: Word("bad", _l("Revoked"), _l("Do not accept this paper.")),
    v.SUPERSEDED: Word("bad", _l("Replaced"), _l("Ask the holder for the certificate that replaced it.")),
    v.SUSPENDED: Word("bad", _l("Suspended"), _l("Do not accept it until the suspension is lifted.")),
    v.ALTERED: Word("bad", _l("Record altered"), _l("The register differs from what was signed. Do not accept it; report it to the issuer.")),
    FORGED: Word("bad", _l("Not genuine"), _l("The signed data in the code do not hold. Do not accept this paper; keep it and report it.")),
    MISSING: Word("bad", _l("Not in the register"), _l("It is signed, but the register does not know it. Do not accept it; report it to the issuer.")),
    UNKNOWN: Word("bad", _l("Not in the register"), _l("No certificate has this code. Compare it with the paper.")),
    NEWER: Word("warn", _l("Newer form"), _l("This paper is written in a form that this program cannot read yet. Have the program updated.")),
    reading.LOOK_ALIKE: Word("bad", _l("Imitated address"), _l("It imitates our address and leads somewhere else. Do not open it, do not accept the paper.")),
    reading.FOREIGN: Word("bad", _l("Foreign code"), _l("This code leads to a foreign site. It proves nothing about the paper.")),
    reading.DAMAGED: Word("bad", _l("Code incomplete"), _l("The address is ours, but a part is missing or changed. Scan it again, or type the code printed under it.")),
    reading.MISTYPED: Word("warn", _l("Mistyped"), _l("One of the characters is mistyped: the last one does not fit the others. Please compare again.")),
    reading.NO_ADDRESS: Word("warn", _l("Not a code of ours"), _l("No address or code of a certificate. When Vietnamese typing (Telex, VNI) is on, switch it off: it changes what a scanner types.")),
    NO_CODE: Word("bad", _l("No readable code"), _l("Do not accept it on the printed text. Type the code printed under the picture, or scan the page again at 150 dpi or more.")),
    REFUSED: Word("bad", _l("File not read")),
    MODIFIED: Word("bad", _l("Modified after signing"), _l("This file was changed after it was signed. Do not rely on what it shows; check the printed paper, or ask its holder for the file as it was issued.")),
}  # fmt: skip

#: The worst first; within a tone the latest first.
ORDER = {"bad": 0, "warn": 1, "good": 2}


def of(code: str) -> Word:
    return WORDS[code]


#: Why a file was not read.
REASONS = {
    limits.TOO_LARGE: _l("The file is too large: at most 60 MB each, 300 MB in an archive."),
    limits.TOO_MANY_PAGES: _l("Too many pages: at most 300 at a time. Split the file."),
    limits.TOO_MANY_PIXELS: _l(
        "The picture is too large: at most 60 megapixels. Scan it at 300 dpi or less."
    ),
    limits.TOO_MANY_FILES: _l("Too many files in the archive: at most 500."),
    limits.NESTED: _l("An archive inside an archive is not opened. Unpack it and send the files."),
    limits.LOCKED: _l("The file is locked with a password. Send it without."),
    limits.UNREADABLE: _l("No PDF, picture or archive that can be read. Send PDF, JPEG, PNG, TIFF or ZIP."),
    limits.TOOK_TOO_LONG: _l("Reading it took too long or failed. Print it to a new PDF and send that."),
}
