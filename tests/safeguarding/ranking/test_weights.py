"""The file of weights: strict, dated, and never able to push anything down."""

from __future__ import annotations

import datetime as dt

import pytest

from iops.safeguarding.ranking.weights import CODES, DATA, WeightsError, editions, in_force, read_weights

TEXT = (DATA / "default.yaml").read_text("utf-8")


def test_every_edition_words_every_floor_with_a_why_and_a_source() -> None:
    for edition in editions():
        assert {f.code for f in edition.floors} == set(CODES)
        assert all(f.words and f.why and f.source for f in edition.floors)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "edition: [",
        TEXT.replace("recency: 2000", "recency: -1"),
        TEXT.replace("recency: 2000", "recency: 2.5"),
        TEXT.replace("recency: 2000", "recency: true"),
        TEXT.replace("  recency: 2000\n", ""),
        TEXT.replace("  recency: 2000\n", "  recency: 2000\n  recency: 3\n"),
        TEXT.replace("from: 2019-01-01", "from: soon"),
        TEXT.replace("unknown_history: 2500", "unknown_history: 0"),
        TEXT.replace("code: weapon", "code: serial"),
        TEXT.replace("code: weapon", "code: ethnicity"),
        TEXT.replace("edition: default-1", "edition: ''"),
        TEXT + "\nethnicity: 3\n",
        TEXT + "\nwhat: !!python/object:os.system {}\n",
    ],
)
def test_a_file_with_anything_wrong_is_refused_whole(text: str) -> None:
    with pytest.raises(WeightsError):
        read_weights(text)


def test_the_edition_in_force_is_the_latest_that_has_begun() -> None:
    assert in_force(dt.date(2026, 1, 1)) is editions()[-1]
    with pytest.raises(WeightsError, match="in force"):
        in_force(dt.date(2018, 12, 31))


def test_a_floor_of_an_older_edition_is_shown_by_its_code() -> None:
    assert editions()[0].words("weapon").startswith("A weapon")
    assert editions()[0].words("gone") == "gone"
