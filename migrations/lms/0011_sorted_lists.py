"""Officials by age and by organisation come from an index, over a hundred thousand too."""


def up(migrator, db):
    migrator.migrate(
        migrator.add_index("lms_official", ("merged_into_id", "birth_year", "birth_date", "name_sort")),
        migrator.add_index("lms_official", ("organisation_id", "merged_into_id", "name_sort")),
    )
    # An index without figures beside indexes with figures misleads SQLite's planner.
    db.execute_sql("ANALYZE lms_official")
