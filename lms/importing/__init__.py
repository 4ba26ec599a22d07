"""Tables in: read any file agencies send, find its header, judge every row, show it, apply it, answer with a file.

`sheets` reads bytes into a grid, `headers` finds the columns, `rows` says what every physical row is,
`values` reads one cell, `preview` is what people see before anything is written, `drafts` keeps it.
"""
