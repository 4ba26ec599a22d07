"""How many serve in each organisation is counted from an index, over a hundred thousand officials too."""


def up(migrator, db):
    migrator.migrate(migrator.add_index("lms_official", ("organisation_id", "active")))
