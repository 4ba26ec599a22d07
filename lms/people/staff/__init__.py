"""Staff lists of agencies: compared with what is on record, and taken over after an approval.

`kind` says how a row stands to the record (everything else about the file is the framework of `lms.importing`),
`difference` what a list would change, `services` keeps the difference, `deciding` takes over what the approver
accepts and takes it back. Nobody is ever deleted because a list does not name him or her.
"""
