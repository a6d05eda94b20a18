"""The Jinja environment of every page: which templates it finds, and the words it offers them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.messages import get_messages
from django.templatetags.static import static
from django.urls import reverse
from jinja2 import ChoiceLoader, Environment, PackageLoader, PrefixLoader

from iops.web import words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

COMPONENTS = "govuk_frontend_jinja"


def environment(**options: Any) -> Environment:
    """Jinja with the GOV.UK components beside our own templates, and the filters of `iops.web.words`."""
    options["loader"] = ChoiceLoader([options["loader"], PrefixLoader({COMPONENTS: PackageLoader(COMPONENTS)})])
    options.setdefault("trim_blocks", True)
    options.setdefault("lstrip_blocks", True)
    options.pop("autoescape", None)
    made = Environment(autoescape=True, **options)
    made.globals.update(_globals())
    made.filters.update(_filters())
    return made


def url(name: str, /, *args: object, **kwargs: object) -> str:
    """The address of a named page."""
    return reverse(name, args=args, kwargs=kwargs)


def _globals() -> dict[str, Callable[..., object]]:
    return {"static": static, "url": url, "get_messages": get_messages, "due_state": words.due_state}


def _filters() -> dict[str, Callable[..., object]]:
    return {
        "moment": words.moment,
        "day": words.day,
        "moment_day": words.moment_day,
        "hour": words.hour,
        "span": words.span,
        "number": words.number,
        "role": words.role,
        "iso": words.iso,
        "offered": offered,
        "without": without,
    }


def offered(choices: Iterable[tuple[object, object]], chosen: object = None) -> list[dict[str, object]]:
    """The choices of a field as items of a GOV.UK list, the chosen one marked."""
    return [{"value": str(v), "text": str(t), "selected": str(v) == str(chosen)} for v, t in choices]


def without(attributes: Mapping[str, object], *names: str) -> dict[str, object]:
    """The attributes but for some that the component takes by name."""
    return {key: value for key, value in attributes.items() if key not in names}
