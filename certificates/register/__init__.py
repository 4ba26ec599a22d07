"""The register beyond its rows: decisions, blanks, lost papers and the book."""
