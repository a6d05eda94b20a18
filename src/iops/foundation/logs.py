"""Structured logs without personal data: what happened, to which request, by which account number, how long it took.

Nothing gets into a log by accident: of a log line only the keys in KEYS are written, and an event is a name in
kebab-case. What libraries log is reduced to where and at what level it was logged, and an exception to its class and
the lines it passed through, because their texts quote addresses, rows and parameters.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping

KEYS = frozenset(
    {
        "code",
        "count",
        "error",
        "event",
        "frames",
        "job",
        "level",
        "logger",
        "message",
        "method",
        "milliseconds",
        "place",
        "port",
        "request_id",
        "route",
        "sqlstate",
        "status",
        "timestamp",
        "user_id",
        "version",
        "why",
    }
)
"""The only keys that are written. None of them may ever hold what a person typed or what a record says."""

EVENT = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
WORD = re.compile(r"[A-Za-z0-9_.:/<>\[\] -]{0,200}")
QUIET = {"granian.access", "django.server"}
PLAIN = ("granian", "_granian")
"""Libraries whose messages are about themselves: addresses they listen on, workers they start."""

log: structlog.stdlib.BoundLogger = structlog.get_logger("iops")


def configure(*, level: int = logging.INFO, human: bool | None = None) -> None:
    """Send everything to standard error: JSON, one object a line, or coloured lines when a person looks on."""
    people = sys.stderr.isatty() if human is None else human
    renderer = structlog.dev.ConsoleRenderer() if people else structlog.processors.JSONRenderer(sort_keys=True)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            *_shared(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.contextvars.merge_contextvars, foreign, *_shared()],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, only_allowed, renderer],
        )
    )
    _route_everything(handler, level)


def from_settings(options: Mapping[str, object]) -> None:
    """Django's hook (`LOGGING_CONFIG`): configure from `LOGGING`, which names the level."""
    configure(level=logging.getLevelNamesMapping().get(str(options.get("level", "INFO")).upper(), logging.INFO))


def _shared() -> list[structlog.typing.Processor]:
    return [
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        without_words,
    ]


def _route_everything(handler: logging.Handler, level: int) -> None:
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in list(logging.root.manager.loggerDict):
        known = logging.getLogger(name)
        known.handlers.clear()
        known.propagate = True
    logging.getLogger("procrastinate").setLevel(logging.WARNING)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.CRITICAL)


def foreign(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Reduce what a library logs to where it was logged; its words stay out, unless they are about itself alone."""
    record: logging.LogRecord = event["_record"]
    event["place"] = f"{record.module}:{record.funcName}:{record.lineno}"
    if record.name.startswith(PLAIN):
        event["message"] = record.getMessage()
    event["event"] = "library-message"
    return event


def without_words(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace an exception by its class, its SQLSTATE and the lines it passed through: its message may quote a row."""
    given = event.pop("exc_info", None)
    error = sys.exc_info()[1] if given is True else given[1] if isinstance(given, tuple) else given
    event.pop("stack_info", None)
    if isinstance(error, BaseException):
        event.update(described(error))
    return event


def described(error: BaseException) -> dict[str, object]:
    """What may be said of an exception without saying what it says."""
    frames = traceback.extract_tb(error.__traceback__)[-12:]
    state = getattr(getattr(error.__cause__ or error, "diag", None), "sqlstate", None)
    said: dict[str, object] = {
        "error": type(error).__name__,
        "frames": [f"{Path(f.filename).name}:{f.lineno}:{f.name}" for f in frames],
    }
    return said if state is None else {**said, "sqlstate": state}


def only_allowed(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Let through the keys that are allowed, with values of harmless shape; count the rest."""
    kept = {key: _harmless(value) for key, value in event.items() if key in KEYS}
    if not EVENT.fullmatch(str(kept.get("event", ""))):
        kept["event"] = "unnamed-event"
    lost = len(event) - len(kept)
    return {**kept, "count": lost, "why": "keys-left-out"} if lost else kept


def _harmless(value: object) -> object:
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, (list, tuple)):
        return [_harmless(part) for part in value]
    text = str(value)
    return text if WORD.fullmatch(text) else "left-out"
