"""Signed status lists: the whole state of revocation in a few kilobytes, for readers that do not want to ask us each time.

`encoding` the bits, `documents` what is signed (our form with two bits a certificate, and two W3C Bitstring Status Lists),
`reading` a reader that refuses what is short, old, swollen or wrongly signed, `places` the indexes, each given once.
"""

from certificates.status.encoding import BITS, PURPOSES, SIZE, STATES

__all__ = ["BITS", "PURPOSES", "SIZE", "STATES"]
