"""What may go wrong with the database server, by name."""

from __future__ import annotations

import errno

from iops.foundation.errors import IopsError


class ServerError(IopsError):
    """The database server cannot be made, started or stopped; the message says why."""

    code = "server"
    status = 500


class NoServerError(ServerError):
    """No usable PostgreSQL was found on this machine."""

    code = "no-server"


class DiskFullError(ServerError):
    """There is no room on the disk for the database to work."""

    code = "disk-full"


class WrongVersionError(ServerError):
    """The data were made by another major version of PostgreSQL than any that is here."""

    code = "wrong-version"


class DsnError(ServerError):
    """The server named by a connection string cannot be used; the message says why."""

    code = "dsn"


NO_ROOM = (errno.ENOSPC, errno.EDQUOT)


def named(error: OSError) -> ServerError:
    """A fault of the file system as an error that a newcomer can act on."""
    where = f" ({error.filename})" if error.filename else ""
    if error.errno in NO_ROOM:
        return DiskFullError(f"The disk is full{where}.", mend="Make room and start again. What was saved is kept.")
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return ServerError(
            f"This account may not write here{where}: {error.strerror}.",
            mend="Start as the account that made these files, or give another folder with --var.",
        )
    return ServerError(f"The file system refused{where}: {error.strerror}.")
