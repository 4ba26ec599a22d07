"""Organisations, officials and where an official serves: all with dates."""

from __future__ import annotations

from peewee import BooleanField, CharField, DateField, DateTimeField, ForeignKeyField, IntegerField, TextField

from lms import clock
from lms.db import BaseModel

ORGANISATION_KINDS = ("province", "department", "school", "agency", "commune", "district", "unit")
OFFICIAL_KINDS = ("can_bo", "cong_chuc", "vien_chuc")


class Organisation(BaseModel):
    """An agency of the province: a tree with dates. The district level ended on 30 June 2025 and stays on record."""

    code = CharField(40, unique=True)
    name = CharField(200)
    name_folded = CharField(200, index=True)
    kind = CharField(20)
    parent = ForeignKeyField("self", null=True, backref="children", on_delete="RESTRICT")
    #: Codes of all ancestors and itself, "/province/so-tu-phap/": one LIKE finds a subtree.
    path = CharField(400, index=True)
    valid_from = DateField(null=True)
    valid_to = DateField(null=True)
    successor = ForeignKeyField("self", null=True, backref="predecessors", on_delete="RESTRICT")

    class Meta:
        table_name = "lms_organisation"

    def __str__(self) -> str:
        return str(self.name)


class Official(BaseModel):
    """A cadre, civil servant or public employee (cán bộ, công chức, viên chức)."""

    code = CharField(20, null=True, unique=True)
    full_name = CharField(120)
    name_folded = CharField(120, index=True)
    #: Vietnamese order: given name first (lms.names.sort_key).
    name_sort = CharField(400, index=True)
    #: Exact birth date; null when only the year is known.
    birth_date = DateField(null=True)
    birth_year = IntegerField(null=True)
    gender = CharField(1, null=True)  # "M" or "F"
    ethnicity = CharField(40, null=True)
    kind = CharField(12, default="cong_chuc")
    #: Citizen id (CCCD): sealed text, keyed hash for look-up, last three digits for the mask.
    cccd_sealed = TextField(null=True)
    cccd_hash = CharField(64, null=True, unique=True)
    cccd_tail = CharField(3, null=True)
    email = CharField(200, null=True)
    #: Where he or she serves now; history is in Employment.
    organisation = ForeignKeyField(Organisation, backref="officials", on_delete="RESTRICT")
    position = CharField(200, default="")
    #: The unit as the sender wrote it, when it is finer than the organisation.
    unit_text = CharField(200, default="")
    active = BooleanField(default=True)
    created_at = DateTimeField(default=clock.now)
    #: The record of the same person that counts instead of this one, after a merge.
    merged_into = ForeignKeyField("self", null=True, backref="merged", on_delete="RESTRICT")

    class Meta:
        table_name = "lms_official"
        indexes = (
            (("organisation", "name_sort"), False),
            # Pages of the whole list, and pairs that may be one person.
            (("merged_into", "name_sort", "id"), False),
            (("name_folded", "birth_year"), False),
            # The list by age, and by organisation.
            (("merged_into", "birth_year", "birth_date", "name_sort"), False),
            (("organisation", "merged_into", "name_sort"), False),
            # How many serve in each organisation.
            (("merged_into", "organisation"), False),
            (("organisation", "active"), False),
        )

    def __str__(self) -> str:
        return str(self.full_name)

    @property
    def cccd_masked(self) -> str:
        """The citizen id as everybody may see it: ``•••••••••048``."""
        return f"•••••••••{self.cccd_tail}" if self.cccd_tail else ""


class Employment(BaseModel):
    """A period in one organisation and position; open when `to_date` is null."""

    official = ForeignKeyField(Official, backref="employments", on_delete="RESTRICT")
    organisation = ForeignKeyField(Organisation, backref="employments", on_delete="RESTRICT")
    position = CharField(200, default="")
    #: Code of the post in the catalogue of the eligibility plugin, when it is a leadership post.
    post_code = CharField(40, null=True)
    from_date = DateField(null=True)
    to_date = DateField(null=True)

    class Meta:
        table_name = "lms_employment"


class OfficialChange(BaseModel):
    """One thing about an official that became different: what was known before and since, from which day it holds.

    Rows are only added; the official's own row has the values of today.
    """

    official = ForeignKeyField(Official, backref="changes", on_delete="RESTRICT")
    #: Column of Official: full_name, organisation, position …
    field = CharField(30)
    old = TextField(null=True)
    new = TextField(null=True)
    #: The day from which it holds; null when nobody said.
    holds_from = DateField(null=True)
    #: Where it was read: a decision, an agency's list.
    source = CharField(300, default="")
    at = DateTimeField(default=clock.now)
    by = IntegerField(null=True)
    by_name = CharField(120, default="")

    class Meta:
        table_name = "lms_official_change"
        indexes = ((("official", "at"), False),)
