"""Where a delivery may go: https, and no address of this machine or of a private network unless the force allows it.

Whoever subscribes chooses an address that *our* server then calls (server-side request forgery, OWASP API7:2023). It
is judged when the subscription is made and again at each delivery, by the address its name then leads to; that very
address is called, so that a name cannot lead elsewhere in between.
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings

from iops.foundation.errors import InvalidError

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST = 500
HTTPS = 443
WRAPPED = tuple(ipaddress.ip_network(n) for n in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96"))
"""Networks whose addresses hold an IPv4 address to which a gateway would lead (NAT64, 6to4, Teredo)."""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class AddressRefusedError(InvalidError):
    """A delivery may not go to this address."""

    code = "address-refused"


@dataclass(frozen=True)
class Target:
    """Where to call: the name that the certificate must bear, the port, the path with its query, and the addresses."""

    host: str
    port: int
    path: str
    addresses: tuple[Address, ...]


def target(url: str) -> Target:
    """Judge an address and find out where it leads now. Raises AddressRefusedError, saying what is wrong with it."""
    host, port, path = _parts(url)
    found = _resolved(host, port)
    for address in found:
        if not _may(address):
            raise _refused(
                f"{host} leads to {address}, an address of this machine or of a private network.",
                "If it is meant, let IOPS_WEBHOOK_NETWORKS name its network.",
            )
    return Target(host, port, path, found)


def _parts(url: str) -> tuple[str, int, str]:
    if len(url) > LONGEST or not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise _refused(f"An address is at most {LONGEST} printable ASCII characters without blanks.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise _refused(f"This is not an address: {error}.") from error
    if parts.scheme != "https" or not parts.hostname:
        raise _refused("Deliveries go to https addresses alone.", "Write https://name/path.")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise _refused("An address holds no name, password or fragment.", "The signature tells that it is us.")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return parts.hostname, HTTPS if port is None else port, path


def _resolved(host: str, port: int) -> tuple[Address, ...]:
    try:
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise _refused(f"The name {host} leads nowhere.", "Check how it is written.") from error
    found = dict.fromkeys(ipaddress.ip_address(str(answer[4][0]).partition("%")[0]) for answer in answers)
    if not found:
        raise _refused(f"The name {host} leads nowhere.")
    return tuple(found)


def _may(address: Address) -> bool:
    """Whether an address is of the open internet, or of a network that the force allows."""
    inner = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    if inner is not None:
        return _may(inner)
    if any(address in network for network in _allowed()):
        return True
    wrapped = any(address in network for network in WRAPPED)
    return address.is_global and not address.is_multicast and not address.is_reserved and not wrapped


def _allowed() -> Iterable[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    names: list[str] = settings.IOPS_WEBHOOK_NETWORKS
    return (ipaddress.ip_network(name) for name in names)


def _refused(message: str, mend: str = "") -> AddressRefusedError:
    return AddressRefusedError(message, mend=mend, details={"field": "url"})
