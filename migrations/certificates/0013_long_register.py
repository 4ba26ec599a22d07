"""The register by number, and searched, from an index alone; by name from another: 200,000 rows at a desk."""

TABLE = "certificates_certificate"


def up(migrator, db):
    migrator.migrate(
        migrator.add_index(
            TABLE,
            (
                "register_year",
                "register_number",
                "id",
                "name_folded",
                "serial",
                "class_code",
                "programme_id",
                "official_id",
            ),
        ),
        migrator.add_index(TABLE, ("name_sort", "id")),
    )
