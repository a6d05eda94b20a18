"""The loader refuses every mistake with file, line and message. One bad file a mistake stands in bad/.

The first lines of a bad file say what must be told, as `# line: message`, one line a problem, and nothing else is told.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from iops.rulebook.loader import DUTIES, FACTS, load_rulebook
from iops.rulebook.pages import LARGEST_FILE
from iops.rulebook.problems import Problem, RulebookError

BAD = Path(__file__).parent / "bad"
GOOD = DUTIES / "college_of_policing" / "domestic_abuse.yaml"


def problems_of(tmp_path: Path, **files: str | bytes) -> tuple[Problem, ...]:
    for name, text in files.items():
        (tmp_path / f"{name}.yaml").write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(RulebookError) as refused:
        load_rulebook([tmp_path])
    return refused.value.problems


def expected_of(text: str) -> list[tuple[int, str]]:
    return [(int(line), message) for line, message in re.findall(r"^# (\d+): (.*)$", text, re.MULTILINE)]


@pytest.mark.parametrize("path", sorted(BAD.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_bad_file_is_refused_with_file_line_and_message(path: Path, tmp_path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    problems = problems_of(tmp_path, **{path.stem: text})
    assert [(problem.line, problem.message) for problem in problems] == expected_of(text)
    assert {problem.file for problem in problems} == {path.name}
    assert all(problem.mend for problem in problems)


@pytest.mark.parametrize("path", sorted((BAD / "facts").glob("*.yaml")), ids=lambda path: path.stem)
def test_a_bad_dictionary_is_refused_with_file_line_and_message(path: Path, tmp_path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    stem = re.search(r"^# stem: (\w+)$", text, re.MULTILINE)
    folder = tmp_path / "facts"
    folder.mkdir()
    name = f"{stem[1] if stem else 'incident'}.yaml"
    if name != "incident.yaml":
        (folder / "incident.yaml").write_text((FACTS / "incident.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    (folder / name).write_text(text, encoding="utf-8")
    with pytest.raises(RulebookError) as refused:
        load_rulebook([GOOD.parent], facts=folder)
    told = [(each.line, each.message) for each in refused.value.problems if each.file == f"facts/{name}"]
    assert told == expected_of(text)


def test_every_mistake_of_every_file_is_told_at_once(tmp_path: Path) -> None:
    names = ("unknown_role", "arises_of_now", "not_yaml")
    problems = problems_of(tmp_path, **{name: (BAD / f"{name}.yaml").read_text(encoding="utf-8") for name in names})
    assert [problem.file for problem in problems] == ["arises_of_now.yaml", "not_yaml.yaml", "unknown_role.yaml"]


def test_a_code_is_taken_across_files(tmp_path: Path) -> None:
    text = GOOD.read_text(encoding="utf-8")
    problems = problems_of(tmp_path, first=text, second=text)
    assert len(problems) == text.count("  - code: ")
    assert {problem.file for problem in problems} == {"second.yaml"}
    assert "The code 'child-decision' is taken (first.yaml:" in problems[-1].message


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    assert [problem.message for problem in problems_of(tmp_path, empty="")] == ["The file is empty."]


def test_a_huge_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    huge = GOOD.read_bytes() + b"#" * LARGEST_FILE
    assert [problem.message for problem in problems_of(tmp_path, huge=huge)] == [
        "The file is larger than 262,144 bytes."
    ]


def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    assert [problem.message for problem in problems_of(tmp_path, latin=b"kind: duties\ntitle: \xe9t\xe9\n")] == [
        "The file is not UTF-8."
    ]


@pytest.mark.parametrize(
    "text", ["kind: \x00", "\x07", "kind: duties\nrules: \x1b[0m", "\ud83d".encode("utf-8", "surrogatepass")]
)
def test_characters_that_are_no_text_are_refused(tmp_path: Path, text: str | bytes) -> None:
    [problem] = problems_of(tmp_path, odd=text)
    assert problem.message.startswith(("This is not YAML", "The file is not UTF-8"))


def test_a_bomb_of_aliases_is_refused_at_its_first_anchor(tmp_path: Path) -> None:
    lines = ["kind: duties", "a0: &a0 [x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    [problem] = problems_of(tmp_path, bomb="\n".join(lines))
    assert (problem.line, problem.message) == (2, "Anchors and aliases are not taken.")


def test_a_folder_without_rules_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RulebookError, match="holds no rules"):
        load_rulebook([tmp_path / "nowhere"])


def test_a_force_adds_its_own_folder_of_rules(tmp_path: Path) -> None:
    text = GOOD.read_text(encoding="utf-8").replace("code: ", "code: force-")
    (tmp_path / "own.yaml").write_text(text, encoding="utf-8")
    book = load_rulebook([DUTIES, tmp_path])
    assert book.rule("force-child-decision").title == book.rule("child-decision").title
    assert [rule.code for rule in book.rules] == sorted(rule.code for rule in book.rules)


def test_the_error_says_every_problem_in_its_text(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("kind: duties\nrules: []\n", encoding="utf-8")
    with pytest.raises(RulebookError) as refused:
        load_rulebook([tmp_path])
    assert "x.yaml:2: rules is empty. Add at least one item." in str(refused.value)
    assert refused.value.details["problems"] == ["x.yaml:2: rules is empty. Add at least one item."]
