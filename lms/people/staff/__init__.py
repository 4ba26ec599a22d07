"""Staff lists of agencies: compared with what is on record, and taken over after an approval.

`reading` understands the rows, `difference` says what is new, changed, the same, missing or in conflict, `services`
keeps the list and takes over what the approver accepts. Nobody is ever deleted because a list does not name him or her.
"""
