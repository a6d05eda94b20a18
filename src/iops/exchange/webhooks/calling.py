"""One call to a subscriber: to the very address that was judged, under a certificate of its name, for so long."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings

from iops.exchange.webhooks.addresses import target
from iops.foundation.errors import IopsError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from iops.exchange.webhooks.addresses import Target

SECONDS = 10.0
"""A whole call takes no longer, however slowly its answer drips."""
OK, NO_LONGER_OK = 200, 300


@dataclass(frozen=True)
class Answer:
    """What came of a call: whether it was acknowledged (a status from 200 to 299), and in words."""

    acknowledged: bool
    words: str


def call(url: str, body: bytes, headers: Mapping[str, str], *, seconds: float = SECONDS) -> Answer:
    """Send one delivery. Whatever goes wrong is an answer; nothing is raised. Redirects are not followed."""
    try:
        found = target(url)
    except IopsError as error:
        return Answer(acknowledged=False, words=f"not sent: {error.message}")
    try:
        return _call(found, body, headers, seconds)
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Answer(acknowledged=False, words=f"no answer: {type(error).__name__}")


def _call(found: Target, body: bytes, headers: Mapping[str, str], seconds: float) -> Answer:
    connection = _Pinned(found, seconds)
    too_long = threading.Timer(seconds, connection.cut)
    too_long.daemon = True
    too_long.start()
    try:
        connection.request("POST", found.path, body, dict(headers))
        status = connection.getresponse().status
    finally:
        too_long.cancel()
        connection.close()
    return Answer(acknowledged=OK <= status < NO_LONGER_OK, words=f"answered {status}")


class _Pinned(http.client.HTTPSConnection):
    """A connection to the addresses that were judged, whatever the name leads to by now."""

    def __init__(self, found: Target, seconds: float) -> None:
        super().__init__(found.host, found.port, timeout=seconds, context=_trust(settings.IOPS_WEBHOOK_CA))
        self.found = found

    def connect(self) -> None:
        """Connect to the first address that answers."""
        plain = self._reached()
        try:
            self.sock = _trust(settings.IOPS_WEBHOOK_CA).wrap_socket(plain, server_hostname=self.found.host)
        except BaseException:
            plain.close()
            raise

    def _reached(self) -> socket.socket:
        failed: OSError = OSError("no address")
        for address in self.found.addresses:
            try:
                return socket.create_connection((str(address), self.found.port), self.timeout)
            except OSError as error:
                failed = error
        raise failed

    def cut(self) -> None:
        """End the call from outside: whoever waits for it gets an error at once."""
        with suppress(OSError, AttributeError):
            self.sock.shutdown(socket.SHUT_RDWR)


@cache
def _trust(authority: str) -> ssl.SSLContext:
    """Whom to trust: the authorities of the machine, or the force's own (`IOPS_WEBHOOK_CA`, a file)."""
    return ssl.create_default_context(cafile=authority or None)
