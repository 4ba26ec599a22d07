"""Layouts that waited for a second person are drafts again: from now on they are put forward through the approvals.

Approvals are records of legal value of the kernel, so no step of this module makes one: who put a layout forward
does it once more. `proposed_by` is kept.
"""


def up(migrator, db):
    db.execute_sql("UPDATE certificates_template SET state = 'draft' WHERE state = 'proposed'")
