"""How a package travels: dropped into a folder that a gateway empties, or by e-mail if a mail server is configured."""

from __future__ import annotations

import os
import smtplib
from contextlib import suppress
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from iops.foundation.errors import IopsError

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE = 20.0
"""Seconds a mail server may take to answer."""
PORT = 25


class UndeliverableError(IopsError):
    """A try failed; the message says what the channel said, without a word of the content."""

    code = "undeliverable"
    status = 502


def to_folder(folder: str, name: str, package: bytes) -> str:
    """Drop the package; the file appears whole or not at all, and a second drop replaces the first by the same bytes.

    The receipt is the file's name. Raises UndeliverableError when the disk refuses.
    """
    place = Path(settings.IOPS_OUTBOX) / Path(folder).name
    kept, part = place / f"{name}.zip", place / f".{name}.part"
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        with part.open("wb") as file:
            file.write(package)
            file.flush()
            os.fsync(file.fileno())
        part.replace(kept)
    except OSError as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise UndeliverableError(f"The folder could not be written ({type(error).__name__}).") from error
    return kept.name


def by_mail(address: str, name: str, package: bytes) -> str:
    """Send the package as an attachment. The receipt is the message's number, the same for the same package.

    Raises UndeliverableError when no mail server is configured or it does not take the message.
    """
    server: str = settings.IOPS_SMTP
    if not server:
        raise UndeliverableError("No mail server is configured.", mend="Set IOPS_SMTP and IOPS_SMTP_FROM.")
    host, _, port = server.partition(":")
    message = EmailMessage()
    message["Subject"] = f"Referral {name}"
    message["From"] = settings.IOPS_SMTP_FROM
    message["To"] = address
    message["Message-ID"] = f"<{name}@{settings.IOPS_SMTP_FROM.rpartition('@')[2] or 'iops.invalid'}>"
    message.set_content("A referral from the police is attached. The attachment says how to answer it.\n")
    message.add_attachment(package, maintype="application", subtype="zip", filename=f"{name}.zip")
    try:
        with smtplib.SMTP(host, int(port or PORT), timeout=PATIENCE) as mail:
            mail.send_message(message)
    except (OSError, ValueError, smtplib.SMTPException) as error:
        raise UndeliverableError(f"The mail server did not take it ({type(error).__name__}).") from error
    return str(message["Message-ID"])


CHANNELS: dict[str, Callable[[str, str, bytes], str]] = {"folder": to_folder, "smtp": by_mail}
"""Each takes an address, the name of the package and its bytes, and returns a receipt."""
