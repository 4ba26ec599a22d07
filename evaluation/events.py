"""Facts that evaluation announces. There is none about a ballot: an outbox row has a time and an order."""

from __future__ import annotations

from dataclasses import dataclass

from lms.events import Event


@dataclass(frozen=True)
class CampaignOpened(Event):
    campaign_id: int
    class_id: int


@dataclass(frozen=True)
class CampaignClosed(Event):
    campaign_id: int
    class_id: int
