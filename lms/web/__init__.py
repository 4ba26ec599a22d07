"""The web shell: layout, navigation, sign-in pages, error pages, the administration."""
