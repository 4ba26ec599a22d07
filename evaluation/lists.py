"""Evaluations as a list that goes out; how many took part is told as on the page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from evaluation import pages, queries
from lms.access.models import User
from lms.importing.columns import ListColumn
from lms.importing.kinds import ListKind, list_kind

_COLUMNS = (
    ListColumn("klass", _l("Class"), type="code", value=lambda line: line.campaign.klass.code),
    ListColumn("title", _l("Title"), value=lambda line: line.campaign.klass.title),
    ListColumn(
        "state",
        _l("State"),
        value=lambda line: _("Open for answers") if line.campaign.is_open else _("Closed"),
    ),
    ListColumn(
        "returned", _l("Forms returned"), type="code", value=lambda line: pages.told(line.participation)
    ),
    ListColumn("scheme", _l("Evaluation scheme"), value=lambda line: str(line.campaign.scheme)),
    ListColumn("opened_on", _l("Opened on"), type="date", value=lambda line: line.campaign.opened_on),
    ListColumn("closed_on", _l("Closed on"), type="date", value=lambda line: line.campaign.closed_on),
)


@list_kind
class CampaignList(ListKind):
    """Evaluations of the classes the reader may see, the open ones first."""

    key = "evaluation.campaigns"
    title = _l("Evaluation")
    view_permission = "evaluation.results"

    def columns(self) -> Sequence[ListColumn]:
        return _COLUMNS

    def export(self, user: User, arguments: MultiDict[str, str], target: Any) -> Iterable[Any]:
        return queries.campaigns_for(user, per_page=10_000).rows

    def filename(self, target: Any) -> str:
        return "danh-gia"
