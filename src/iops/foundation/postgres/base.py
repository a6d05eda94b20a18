"""The connection of a web or work process, kept from request to request (settings.DATABASES, "ENGINE")."""

from __future__ import annotations

import select

from django.db.backends.postgresql import base
from psycopg import OperationalError
from psycopg.pq import ConnStatus, TransactionStatus


class DatabaseWrapper(base.DatabaseWrapper):
    """Knows that a connection was lost from the line itself, without asking the server a question at every request."""

    def is_usable(self) -> bool:
        """Whether the server still holds the line. A server that ended, or ended this session, has said so on it."""
        kept = self.connection
        if kept is None or kept.closed:
            return False
        try:
            while select.select([kept.fileno()], [], [], 0)[0]:
                # Raises at the end of the line; what stands before it is the server's farewell or a changed setting.
                kept.pgconn.consume_input()
        except (OperationalError, OSError, ValueError):
            return False
        line = kept.pgconn
        return bool(line.status == ConnStatus.OK and line.transaction_status == TransactionStatus.IDLE)
