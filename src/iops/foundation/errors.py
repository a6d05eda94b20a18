"""Named errors: each says what is wrong and how to mend it, and none of them loses what the user typed."""

from __future__ import annotations


class IopsError(Exception):
    """Anything the system refuses on purpose.

    `message` is one plain sentence for the person at the screen, `mend` says what they can do about it, and `code` is a
    stable kebab-case name for programs. `status` is the HTTP status an API answers with.
    """

    code = "refused"
    status = 400

    def __init__(self, message: str, *, mend: str = "", details: dict[str, object] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.mend = mend
        self.details = details or {}

    def __str__(self) -> str:
        return f"{self.message} {self.mend}".strip()


class NotFoundError(IopsError):
    """There is no such record, or it is restricted and the person asking is not on its list: the two look alike."""

    code = "not-found"
    status = 404


class NotAllowedError(IopsError):
    """The person's roles do not allow this act."""

    code = "not-allowed"
    status = 403


class InvalidError(IopsError):
    """What was given cannot be taken as it is; `details` names the field and what it must be."""

    code = "invalid"
    status = 422


class BlockedError(IopsError):
    """A rule blocks this step; `details["obligations"]` lists what is still owed."""

    code = "blocked"
    status = 409


class ConflictError(IopsError):
    """The record has changed since it was read, or its state does not allow this step."""

    code = "conflict"
    status = 409
