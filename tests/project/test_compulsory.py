"""A field is compulsory only where a rule needs it, and names that rule: on every page, and in the API."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import pytest
from django import forms
from pydantic import BaseModel

import iops
from iops.exchange.inbound import schemas as inbound
from iops.project.api import api
from iops.rulebook.needs import Needed, UnknownNeedError, cited_for, need, needs, read_needs
from iops.rulebook.strict_yaml import RuleFileError
from iops.web.forms import DatePartsField, Form, choice, cites, line, text
from iops.web.stated import Stated, stated

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(iops.__file__).parent
MAKERS = {"line", "text", "choice", "DatePartsField"}
"""What makes a compulsory field of a form, besides Django's own fields. `stated` is compulsory only when it cites."""


def modules() -> Iterator[str]:
    for found in pkgutil.walk_packages(iops.__path__, "iops."):
        if ".migrations" not in found.name and not found.name.endswith("__main__"):
            yield found.name


def forms_of_the_product() -> list[type[forms.BaseForm]]:
    for name in modules():
        if name.rpartition(".")[2] in {"forms", "views", "actions", "pages"}:
            importlib.import_module(name)
    found: list[type[forms.BaseForm]] = []
    waiting: list[type[forms.BaseForm]] = [forms.Form]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if kind.__module__.startswith("iops.") and kind is not Form:
            found.append(kind)
    return sorted(set(found), key=lambda kind: (kind.__module__, kind.__qualname__))


def full_name(kind: type, field: str) -> str:
    return f"{kind.__module__}.{kind.__qualname__}.{field}"


def test_every_compulsory_field_of_every_form_cites_what_needs_it() -> None:
    kinds = forms_of_the_product()
    assert len(kinds) > 80
    silent = []
    for kind in kinds:
        for name, field in kind.base_fields.items():  # type: ignore[attr-defined]
            known = cites(field) or cited_for().get(full_name(kind, name), "")
            if field.required and not known:
                silent.append(full_name(kind, name))
            elif known:
                need(known)
    assert silent == []


@cache
def trees() -> dict[str, ast.Module]:
    """Every file of the product, parsed once."""
    return {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text()) for path in sorted(ROOT.rglob("*.py"))}


def made_here(tree: ast.Module) -> set[str]:
    """The makers of fields that a file has from the frame."""
    taken = {
        name.name
        for one in ast.walk(tree)
        if isinstance(one, ast.ImportFrom) and (one.module or "").startswith("iops.web")
        for name in one.names
    }
    return taken & MAKERS


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Every call in the product that makes a field and stands in no `needed()`, with its place."""
    for path, tree in trees().items():
        makers = made_here(tree) if not path.startswith("web/") else set()
        # The field in `needed(field, code)` cites; the widget of a field is no field.
        found = [one for one in ast.walk(tree) if isinstance(one, ast.Call)]
        cited = {id(part) for one in found if ast.unparse(one.func) == "needed" for part in one.args}
        cited |= {id(one.value) for one in ast.walk(tree) if isinstance(one, ast.Attribute) and one.attr == "widget"}
        for call in found:
            name = ast.unparse(call.func)
            own = name in makers or (name.partition(".")[0].endswith("forms") and name.endswith("Field"))
            if own and id(call) not in cited:
                yield f"{path}:{call.lineno} {name}", call


def test_fields_that_are_made_while_a_form_is_made_cite_too() -> None:
    found = list(calls())
    assert len(found) > 200
    silent = []
    for where, call in found:
        given = {one.arg: ast.unparse(one.value) for one in call.keywords}
        optional = given.get("required") in {"False", "required"}
        if not optional and "needs" not in given and not where.startswith(("foundation/", "exchange/forms.py")):
            silent.append(where)
    assert silent == []


def test_no_form_makes_a_field_compulsory_behind_the_back_of_its_citation() -> None:
    found = []
    for path, tree in trees().items():
        for one in ast.walk(tree):
            targets = one.targets if isinstance(one, ast.Assign) else []
            behind = [t.lineno for t in targets if isinstance(t, ast.Attribute) and t.attr == "required"]
            found += [f"{path}:{number}" for number in behind]
    assert found == []


def inputs() -> set[type[BaseModel]]:
    """Every model that an operation of the API takes, with the models inside it; addresses are no input."""
    found: set[type[BaseModel]] = {inbound.Message}
    for _, router in api._routers:
        for view in router.path_operations.values():
            for operation in view.operations:
                found |= set(_taken(inspect.unwrap(operation.view_func)))
    waiting = list(found)
    while waiting:
        for field in waiting.pop().model_fields.values():
            fresh = set(_models(field.annotation)) - found
            found |= fresh
            waiting += fresh
    return found


def _taken(view: Any) -> Iterator[type[BaseModel]]:
    """The models in the parameters of an operation; the request is none."""
    for name, hint in view.__annotations__.items():
        if name not in {"request", "return"}:
            yield from _models(eval(hint, view.__globals__) if isinstance(hint, str) else hint)


def _models(hint: Any) -> Iterator[type[BaseModel]]:
    if any(type(extra).__name__ == "Path" for extra in getattr(hint, "__metadata__", ())):
        return
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        yield hint
    for part in get_args(hint):
        yield from _models(part)


def test_every_compulsory_field_of_the_api_cites_what_needs_it() -> None:
    kinds = inputs()
    assert len(kinds) > 100
    silent = []
    for kind in kinds:
        for name, field in kind.model_fields.items():
            told = [one.code for one in field.metadata if isinstance(one, Needed)]
            if field.is_required() and not told and full_name(kind, name) not in cited_for():
                silent.append(full_name(kind, name))
            for code in told:
                need(code)
    assert sorted(silent) == []


def test_the_description_of_the_api_tells_why_a_field_is_compulsory() -> None:
    described = api.get_openapi_schema()["components"]["schemas"]["RemovalIn"]["properties"]["reason"]
    assert described["description"] == need("crime-removal").said
    assert described["maxLength"] > 0


def cited_in_code() -> set[str]:
    """Every code that stands in the product as what a field cites."""
    found = set()
    for tree in trees().values():
        for one in ast.walk(tree):
            if isinstance(one, ast.Call) and ast.unparse(one.func) in {"needed", "Needed"}:
                found |= {part.value for part in one.args if isinstance(part, ast.Constant)}
            if isinstance(one, ast.keyword) and one.arg == "needs" and isinstance(one.value, ast.Constant):
                found.add(one.value.value)
    return {str(code) for code in found}


def test_every_code_in_the_product_is_one_and_every_need_is_cited_somewhere() -> None:
    cited = cited_in_code()
    for code in cited:
        need(code)
    assert {code for code, one in needs().items() if not one.fields} <= cited


def test_every_field_named_in_the_list_exists() -> None:
    names = {full_name(kind, name) for kind in forms_of_the_product() for name in kind.base_fields}  # type: ignore[attr-defined]
    names |= {full_name(kind, name) for kind in inputs() for name in kind.model_fields}
    assert set(cited_for()) <= names


def test_every_need_says_why_from_where_and_since_when() -> None:
    for one in needs().values():
        assert one.because
        assert one.cite
        assert one.since is not None
        assert not one.because.endswith(".")


def test_a_need_may_be_a_duty_of_the_rulebook() -> None:
    found = need("crime-allocated")
    assert "Give the crime an owner" in found.because
    assert "rule crime-allocated" in found.cite


def test_what_is_neither_rule_nor_need_is_refused_by_name() -> None:
    with pytest.raises(UnknownNeedError, match="no-such-rule"):
        need("no-such-rule")


ENTRY = "kind: needs\nneeds:\n  - {code: a, because: b, cite: c, from: 2026-01-01}\n"


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("kind: duties\nneeds: []\n", "not one of the choices"),
        ("kind: needs\n", "missing"),
        (ENTRY.replace("cite: c", "cite: ''"), "a text was expected"),
        (ENTRY.replace(", cite: c", ""), "missing"),
        (ENTRY.replace("2026-01-01", "someday"), "not a date"),
        (ENTRY + "  - {code: a, because: b, cite: c, from: 2026-01-01}\n", "given twice"),
        (ENTRY.replace("because", "why"), "not a known key"),
    ],
)
def test_a_malformed_list_is_refused_with_its_line(tmp_path: Path, written: str, says: str) -> None:
    (tmp_path / "2026.yaml").write_text(written)
    with pytest.raises(RuleFileError, match=says):
        read_needs(tmp_path)


class Sample(Form):
    where = line("Where", needs="incident-minimum")
    what = text("What", needs="incident-log")
    kind = choice("Kind", [("a", "A")], needs="crime-flag")
    day = DatePartsField(label="Day", needs="audit-population")
    born = stated("Date of birth", needs="fact-not-stated")
    note = line("Note", required=False)


def test_whoever_leaves_a_compulsory_field_empty_is_told_why_it_is_needed() -> None:
    form = Sample({})
    assert not form.is_valid()
    told = {name: str(errors[0]) for name, errors in form.errors.items()}
    assert set(told) == {"where", "what", "kind", "day", "born"}
    assert told["where"].startswith("Where is empty. Say it in a few words. Needed because ")
    assert need("crime-flag").cite in told["kind"]
    assert all("Needed because" in words for words in told.values())
    assert all("Needed because" in problem["text"] for problem in form.problems())


def test_not_known_answers_a_compulsory_fact_and_a_blank_does_not() -> None:
    rest = {"where": "a", "what": "b", "kind": "a", "day-day": "1", "day-month": "2", "day-year": "2026"}
    answered = Sample({**rest, "born": "", "born-answer": "not_known"})
    assert answered.is_valid()
    assert answered.cleaned_data["born"] == Stated(answer="not_known")
    assert "born" in Sample({**rest, "born": "  ", "born-answer": ""}).errors
