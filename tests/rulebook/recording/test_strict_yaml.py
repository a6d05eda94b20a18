"""Rule files are read strictly."""

from __future__ import annotations

import pytest

from iops.rulebook.strict_yaml import RuleFileError, read_file, read_text


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "given twice"),
        ("a:\n  b: 2026-02-30\n", 2, "not a real date"),
        ("a: 1.5\n", 1, "a kind rule files do not use"),
        ("a: &x 1\nb: *x\n", 1, "anchor"),
        ("- a\n- b\n", 1, "not a mapping"),
        ("", 1, "not a mapping"),
        ("a: [1, 2\n", 2, "expected"),
        ("a: !!python/object:os.system x\n", 1, "a kind rule files do not use"),
        ("a: " + "[" * 60 + "]" * 60 + "\n", 1, "nested too deeply"),
    ],
)
def test_what_could_hide_a_slip_is_refused_with_its_line(text: str, line: int, said: str) -> None:
    with pytest.raises(RuleFileError) as caught:
        read_text(text, "rules.yaml")
    assert caught.value.line == line
    assert said in caught.value.message
    assert caught.value.mend


def test_a_bomb_of_brackets_is_refused() -> None:
    with pytest.raises(RuleFileError):
        read_text("a: " + "[" * 100_000, "rules.yaml")


def test_a_huge_file_is_refused() -> None:
    with pytest.raises(RuleFileError, match="larger"):
        read_text("a: " + "x" * 5_000_000, "rules.yaml")


def test_a_file_that_is_not_text_is_refused(tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "rules.yaml"
    path.write_bytes(b"\xff\xfe\x00a")
    with pytest.raises(RuleFileError, match="UTF-8"):
        read_file(path)


def test_plain_values_keep_their_kind() -> None:
    found, lines = read_text('a: yes\nb: 3\nc: "008/06"\nd: 2026-04-01\ne: 008/06\nf:\n', "rules.yaml")
    assert found["a"] is True
    assert found["b"] == 3
    assert found["c"] == found["e"] == "008/06"
    assert str(found["d"]) == "2026-04-01"
    assert found["f"] is None
    assert lines.at(("c",)) == 3
