"""Every text of the offline page, in both languages at once: without network nobody can be asked for the other one.

Texts with {date} and the like are filled in by the page's script.
"""

from __future__ import annotations

from typing import Any

from flask_babel import force_locale
from flask_babel import lazy_gettext as _l

LANGUAGES = ("vi", "en")

TEXTS: dict[str, Any] = {
    "title": _l("Offline check of certificates"),
    "language": _l("Language"),
    "skip": _l("Skip to the content"),
    "ready": _l("Ready without network"),
    "ready_text": _l("Scan the code on a paper, or open a picture or PDF of it. Names stay on this device."),
    "preparing": _l("Getting ready. Please keep the network on until it says “Ready without network”."),
    "needs_script": _l("This page needs JavaScript. Switch it on, or check the paper at {host}."),
    # the data
    "data": _l("Data as of {date}"),
    "data_fresh": _l("Fresh until {until}."),
    "data_stale": _l("Older than a day. A genuine paper is shown in amber: it may have been revoked since."),
    "data_old": _l("Older than 30 days. Nothing is checked with them; update first."),
    "data_clock": _l("This device's clock says {now}, which is before the data were made. Correct the clock; until then nothing is green."),
    "data_clock_old": _l("This device's clock says {now}, more than two years later. Correct the clock, or update the data. Nothing is checked until then."),
    "data_none": _l("No data yet"),
    "data_none_text": _l("Open this page once with network. It then works without."),
    "data_none_file": _l("This file holds no data that can be trusted. Get it anew from the official site."),
    "data_trial": _l("Trial installation: its papers prove nothing."),
    "data_unkept": _l("This browser keeps nothing: after closing the page the data must be loaded again."),
    "update": _l("Update"),
    "updating": _l("Updating…"),
    "updated": _l("The data are up to date."),
    "no_network": _l("No network. Working with the data of this device."),
    "refused": _l("New data were refused: {why} The data of before stay in use."),
    "refused_signature": _l("they are not signed by the official root."),
    "refused_rollback": _l("they are older than what this device has seen."),
    "refused_form": _l("they are incomplete or damaged."),
    "refused_unable": _l("this device cannot check their signature."),
    "new_version": _l("A newer version of this page is ready."),
    "reload": _l("Open it"),
    # the root and the log
    "root_changed": _l("OTHER ROOT THAN BEFORE"),
    "root_changed_text": _l("This page believes another root than the one this device knew. Compare the fingerprint with the one printed in the regulation before you go on."),
    "root_trust": _l("It is the printed one: trust it"),
    "alarm": _l("PUBLIC LOG CONTRADICTS ITSELF"),
    "alarm_text": _l("The log of certificates is not a continuation of what this device saw before. Nothing is shown as genuine. Keep the evidence and send it to the inspectorate."),
    "alarm_signature": _l("Its state is not signed by the key of the log."),
    "alarm_rollback": _l("It had {before} entries and now has {now}."),
    "alarm_fork": _l("Its {now} entries do not continue the {before} that were seen before."),
    "alarm_no-proof": _l("It gives no proof that its {now} entries continue the {before} that were seen before."),
    "alarm_save": _l("Save the evidence"),
    # what people do
    "camera": _l("Scan with the camera"),
    "camera_hint": _l("Hold one paper after the other before the camera; no tap in between."),
    "camera_picture": _l("Picture of the camera"),
    "stop": _l("Stop"),
    "camera_insecure": _l("The browser does not open the camera here. Open a photo of the paper instead."),
    "camera_refused": _l("The camera was not allowed. Allow it for this site in the browser, or open a photo of the paper."),
    "camera_none": _l("No camera could be opened. Open a photo of the paper instead."),
    "again": _l("This paper is in the list already."),
    "files": _l("Open pictures or PDF"),
    "files_hint": _l("Or drop them here. All pages are read."),
    "reading": _l("Reading {name}, page {page} of {pages}…"),
    "paste": _l("Paste links"),
    "paste_hint": _l("One a line: the addresses that a scanner read."),
    "check": _l("Check"),
    "file_too_large": _l("{name} is too large: at most 60 MB and 60 megapixels."),
    "file_too_many_pages": _l("{name} has more than 300 pages. Split it."),
    "file_locked": _l("{name} is locked with a password."),
    "file_unreadable": _l("{name} is no picture or PDF that can be read."),
    "data_taken": _l("The data of {date} are in use."),
    # results
    "results": _l("Papers checked"),
    "counts": _l("{all} papers: {good} genuine, {warn} not confirmed, {bad} not to be accepted"),
    "clear": _l("Clear the list"),
    "checked_at": _l("Checked {at}"),
    "as_of": _l("Revocations known as of {date}"),
    "from_file": _l("{name}, page {page}"),
    "compare": _l("Compare with the paper and the identity card"),
    "name": _l("Full name"),
    "birth": _l("Birth date"),
    "programme": _l("Programme"),
    "serial": _l("Serial number"),
    "issued": _l("Issued"),
    "valid_until": _l("Valid until"),
    "posts": _l("Posts on the day of issue: {count}"),
    "rules_changed": _l("The rules have changed since the day of issue"),
    "posts_gone": _l("No longer on {date}:"),
    "posts_come": _l("New on {date}:"),
    "key": _l("Key"),
    "number": _l("no. {number}"),
    "leads_to": _l("It leads to {place}."),
    # about
    "about": _l("About this check"),
    "about_text": _l("The device itself verifies the signature in the code. Nothing that is scanned leaves the device. Whether a paper was revoked is known as of the date of the data."),
    "about_install": _l("To keep it at hand, choose “Install” or “Add to home screen” in the browser's menu."),
    "about_file": _l("The same as one file, for computers without network"),
    "about_online": _l("Check online"),
    "fingerprint": _l("Fingerprint of the root"),
    "fingerprint_hint": _l("It must be the one printed in the regulation."),
    "versions": _l("List of keys {keys}, log of {log} entries"),
    "file_made": _l("File made on {date}"),
    "file_get": _l("Get a newer file at {host}/offline/file, or open a newer data file (bundle.json) here like a picture."),
}  # fmt: skip

#: Verdict → title, and what to do. The words are those of the public check.
VERDICTS: dict[str, tuple[Any, Any]] = {
    "genuine": (_l("GENUINE CERTIFICATE"), _l("In force as far as the data reach. Compare these lines with the paper and the identity card.")),
    "stale": (_l("SIGNATURE GENUINE, STATUS NOT CONFIRMED"), _l("Whether it was revoked is known as of {date} only. Check online before you decide.")),
    "clock": (_l("SIGNATURE GENUINE, STATUS NOT CONFIRMED"), _l("This device's clock is wrong, so nobody can say how old the data are. Correct the clock.")),
    "unknown_status": (_l("SIGNATURE GENUINE, STATUS NOT CONFIRMED"), _l("These data do not say whether it stands. Update, or check online.")),
    "alarm": (_l("SIGNATURE GENUINE, STATUS NOT CONFIRMED"), _l("The public log contradicts itself. Ask the issuer in writing before you accept it.")),
    "withdrawn": (_l("SIGNATURE GENUINE, STATUS NOT CONFIRMED"), _l("The issuer has withdrawn the key that signed this paper. Check it online.")),
    "expired": (_l("PAST ITS TIME"), _l("The signature is genuine, but its time is over.")),
    "newer": (_l("THIS CODE CANNOT BE READ YET"), _l("It has a newer form than this page knows. Update, or check online.")),
    "unable": (_l("CANNOT BE CHECKED ON THIS DEVICE"), _l("This browser cannot check the kind of signature on this paper. Use a newer device before you accept it.")),
    "unsigned": (_l("NO SIGNED DATA"), _l("A typed code or a shortened link carries no signature. Scan the QR code, or check online.")),
    "mistyped": (_l("MISTYPED"), _l("One of the characters is mistyped. Please compare again.")),
    "no_address": (_l("NOT A CODE OF OURS"), _l("This is no address of a certificate. Look for the QR code beside the official address.")),
    "revoked": (_l("REVOKED"), _l("Do not accept this paper. Day and reason can be seen online.")),
    "superseded": (_l("REPLACED"), _l("Do not accept this paper. Ask the holder for the certificate that replaced it.")),
    "suspended": (_l("SUSPENDED"), _l("Do not accept this paper for now. Day and reason can be seen online.")),
    "forged": (_l("NOT GENUINE"), _l("Do not accept this paper. The code on it was not signed by the issuer for this certificate.")),
    "foreign": (_l("FOREIGN CODE"), _l("Do not accept the paper on this code: it leads to another site.")),
    "look_alike": (_l("IMITATED ADDRESS"), _l("Do not open it, do not accept the paper: the address only looks like the official one.")),
    "damaged": (_l("CODE INCOMPLETE"), _l("Do not accept it yet: a part of the code is missing or changed. Scan it again.")),
    "no_code": (_l("NO READABLE CODE"), _l("Do not accept it on the printed text. Scan again at 150 dpi or more, or type the number below the code into the online check.")),
    "unreadable": (_l("FILE NOT READ"), ""),
    "too_old": (_l("DATA TOO OLD TO CHECK"), _l("The data are older than 30 days, so nothing is said about this paper. Update, or check online.")),
    "no_data": (_l("NO DATA TO CHECK WITH"), _l("Open this page once with network, then check again.")),
}  # fmt: skip


def texts() -> dict[str, dict[str, str]]:
    """Language → name → text; verdicts as ``v.<verdict>`` and ``d.<verdict>`` (what to do)."""
    said = {}
    for language in LANGUAGES:
        with force_locale(language):
            words = {name: str(text) for name, text in TEXTS.items()}
            for name, (title, deed) in VERDICTS.items():
                words |= {f"v.{name}": str(title), f"d.{name}": str(deed)}
        said[language] = words
    return said
