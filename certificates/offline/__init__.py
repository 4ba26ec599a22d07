"""The offline verifier: a page that goes on working without network, and the same as one file.

`document` what is signed of its data, `making` the worker's part, `scripts` the page's scripts, with their whole
family, one by one or in one piece, `shell` the page itself, `words` its texts in both languages.
"""
