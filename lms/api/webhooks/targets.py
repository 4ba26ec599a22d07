"""Where a webhook may point: never into our own network, whatever a name resolves to at the moment of sending."""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask_babel import gettext as _

from lms.config import settings
from lms.errors import LmsError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

#: Addresses of the new kind that stand for ones of the old kind, wherever those lie.
_TRANSLATED = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))


class NotThere(LmsError):
    """This address is not sent to; the sentence says why."""

    code = "address_refused"


@dataclass(frozen=True)
class Target:
    """An address taken apart."""

    secure: bool
    host: str
    port: int
    path: str


def parse(address: str) -> Target:
    """Take an address apart. Raises NotThere for one that cannot be sent to."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
        host = host.encode("idna").decode("ascii")
    except ValueError as problem:
        raise NotThere(_("This is no address like https://example.vn/hook.")) from problem
    fit = address.isprintable() and address.isascii() and " " not in address
    if not host or parts.username or parts.password or parts.scheme not in {"http", "https"} or not fit:
        raise NotThere(_("This is no address like https://example.vn/hook."))
    if parts.scheme == "http" and not settings().webhook_private:
        raise NotThere(_("The address must begin with https://."))
    secure = parts.scheme == "https"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(secure, host, port or (443 if secure else 80), path)


def resolve(target: Target) -> str:
    """The number to connect to, checked: the connection is made to this very number.

    Raises NotThere when one of the numbers behind the name is not on the open internet.
    """
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except OSError as problem:
        raise NotThere(_("The name %(host)s is not known.", host=target.host)) from problem
    numbers = [str(one[4][0]) for one in found]
    if not settings().webhook_private:
        for number in numbers:
            if not is_open(ipaddress.ip_address(number.partition("%")[0])):
                raise NotThere(_("%(host)s lies in a private network and is not sent to.", host=target.host))
    return numbers[0]


def is_open(number: Address) -> bool:
    """Whether a number is on the open internet; numbers that stand for others are judged by those."""
    if isinstance(number, ipaddress.IPv6Address):
        if number.ipv4_mapped is not None:
            return is_open(number.ipv4_mapped)
        if number.sixtofour is not None or number.teredo is not None:
            return False
        if any(number in network for network in _TRANSLATED):
            return False
    return number.is_global and not number.is_multicast
