"""One person on record twice: found, shown side by side, put together, and taken apart again.

`duplicates` suggests pairs, `plan` says what would move and what stands against it, `services` merges and undoes.
Nothing is ever merged by itself.
"""
