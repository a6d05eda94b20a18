"""Reads the dictionary of facts: one file a view, `<subject>.yaml` or `<subject>__<area>.yaml`."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from iops.rulebook.facts import Column, ColumnType, FactRoles, FactView, Subject
from iops.rulebook.pages import Page, open_page

if TYPE_CHECKING:
    from pathlib import Path

    import yaml

    from iops.rulebook.problems import Problem

_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
_ROLE_TYPES: Final = {
    "key": ColumnType.INTEGER,
    "record": ColumnType.INTEGER,
    "district": ColumnType.INTEGER,
    "risk": ColumnType.INTEGER,
    "restricted": ColumnType.BOOLEAN,
    "edition": ColumnType.INSTANT,
}


def read_dictionary(folder: Path) -> tuple[dict[str, Subject], list[Problem]]:
    """The subjects by name, and everything that is wrong with the files."""
    problems: list[Problem] = []
    subjects: dict[str, Subject] = {}
    paths = sorted(folder.rglob("*.yaml"))
    for path in sorted(paths, key=lambda each: "__" in each.stem):
        page, root = open_page(path, path.relative_to(folder.parent).as_posix(), "facts")
        if root is not None:
            _read_view(page, root, path.stem, subjects)
        problems += page.problems
    return subjects, problems


def _read_view(page: Page, root: yaml.MappingNode, stem: str, subjects: dict[str, Subject]) -> None:
    if any(key.value == "extends" for key, _ in root.value):
        _read_extension(page, root, stem, subjects)
    else:
        _read_base(page, root, stem, subjects)


def _read_base(page: Page, root: yaml.MappingNode, stem: str, subjects: dict[str, Subject]) -> None:
    fields = page.mapping(root, "The view", required=("kind", "subject", "area", "means", "record", "roles", "columns"))
    subject, area = _name(page, fields.get("subject"), "subject"), _name(page, fields.get("area"), "area")
    means, record = page.text(fields.get("means"), "means"), _name(page, fields.get("record"), "record")
    columns = _columns(page, fields.get("columns"), may_be_always=True)
    roles = _roles(page, fields.get("roles"), columns)
    if not (subject and area and means and record and columns and roles):
        return
    if not _is_called(page, root, stem, subject):
        return
    for name in (roles.key, roles.edition):
        columns[name] = replace(columns[name], always=True)
    base = FactView(subject, area, means, columns, is_base=True)
    subjects[subject] = Subject(subject, means, record, roles, base)


def _read_extension(page: Page, root: yaml.MappingNode, stem: str, subjects: dict[str, Subject]) -> None:
    fields = page.mapping(root, "The view", required=("kind", "extends", "area", "means", "columns"))
    subject, area = _name(page, fields.get("extends"), "extends"), _name(page, fields.get("area"), "area")
    means, columns = page.text(fields.get("means"), "means"), _columns(page, fields.get("columns"))
    if not (subject and area and means and columns):
        return
    if subject not in subjects:
        page.refuse(fields["extends"], f"There is no subject {subject!r}.", f"Known: {', '.join(subjects) or 'none'}.")
        return
    if not _is_called(page, root, stem, f"{subject}__{area}"):
        return
    _refuse_doubles(page, fields["columns"], subjects[subject])
    view = FactView(subject, area, means, columns, is_base=False)
    subjects[subject] = replace(subjects[subject], extensions=(*subjects[subject].extensions, view))


def _refuse_doubles(page: Page, node: yaml.Node, subject: Subject) -> None:
    for key, _ in node.value:
        if key.value in subject.columns:
            view = subject.view_of(key.value).name
            page.refuse(key, f"The column {key.value!r} is in {view} already.", "Give it another name.")


def _is_called(page: Page, root: yaml.Node, stem: str, name: str) -> bool:
    if stem == name:
        return True
    page.refuse(root, f"The file holds the view {name!r} and is called {stem!r}.", f"Call it {name}.yaml.")
    return False


def _columns(page: Page, node: yaml.Node | None, *, may_be_always: bool = False) -> dict[str, Column]:
    found: dict[str, Column] = {}
    for key, value in page.pairs(node, "columns") if node is not None else ():
        if not _NAME.fullmatch(key.value):
            page.refuse(key, f"The column {key.value!r} is not a name.", "Use lower case, digits and underscores.")
            continue
        what = f"The column {key.value}"
        optional = ("always",) if may_be_always else ()
        fields = page.mapping(value, what, required=("type", "means"), optional=optional)
        kind = page.choice(fields.get("type"), f"{what}: type", ColumnType)
        means = page.text(fields.get("means"), f"{what}: means")
        if kind and means:
            found[key.value] = Column(key.value, kind, means, page.flag(fields.get("always"), f"{what}: always"))
    return found


def _roles(page: Page, node: yaml.Node | None, columns: dict[str, Column]) -> FactRoles | None:
    if node is None:
        return None
    fields = page.mapping(node, "roles", required=tuple(_ROLE_TYPES))
    names: dict[str, str] = {}
    for role, wanted in _ROLE_TYPES.items():
        name = page.text(fields.get(role), f"roles: {role}")
        if name is None:
            continue
        if name not in columns:
            page.refuse(fields[role], f"roles: {role}: there is no column {name!r}.", "Name a column of this view.")
        elif columns[name].type is not wanted:
            page.refuse(fields[role], f"roles: {role}: {name!r} is not of type {wanted}.", "Name another column.")
        else:
            names[role] = name
    return FactRoles(**names) if len(names) == len(_ROLE_TYPES) else None


def _name(page: Page, node: yaml.Node | None, what: str) -> str | None:
    text = page.text(node, what)
    if node is not None and text is not None and not _NAME.fullmatch(text):
        page.refuse(node, f"{what} {text!r} is not a name.", "Use lower case, digits and underscores.")
        return None
    return text
