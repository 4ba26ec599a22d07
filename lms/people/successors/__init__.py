"""Organisations that were merged, divided or abolished, and what took their place, with dates.

`models` keeps each reorganisation with its pairs old → new, `plan` says what moves, `services` applies it on its day
and takes it back, `reading` takes pairs from an uploaded list.
"""
