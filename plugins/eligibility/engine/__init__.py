"""The pure engine: dated rules and evidence in, a verdict tree out. Knows no database, no web, no clock."""
