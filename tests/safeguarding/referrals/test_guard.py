"""The must-not-receive list against people who write as they please, and against those who want to get round it."""

from __future__ import annotations

import io
import zipfile
from types import SimpleNamespace
from typing import Any

import orjson
import pytest
from django.conf import settings as django_settings  # noqa: F401 - signing needs the settings to be read
from hypothesis import given
from hypothesis import strategies as st

from iops.foundation.errors import InvalidError
from iops.safeguarding.referrals import pdf
from iops.safeguarding.referrals.guard import WITHHELD, BarredError, Bars, forms, matches, plain
from iops.safeguarding.referrals.package import Section, is_genuine, made, sha256, texts
from iops.safeguarding.referrals.sharing import sharing

SAFE = "14 Beech Road, Sale M33 2AB"


@pytest.mark.parametrize(
    "written",
    [
        "14 Beech Road, Sale M33 2AB",
        "14 beech rd sale m332ab",
        "14, BEECH RD., SALE, M33 2AB",
        "１４ Ｂｅｅｃｈ Ｒｏａｄ Ｓａｌｅ Ｍ３３ ２ＡＢ",
        "14\u200b Bee\u00adch Road\nSale\tM33 2AB",
        "14-Beech-Road-Sale-M33-2AB",
        "1\u200b4 B.e.e.c.h R.o.a.d Sale M33-2AB",
        "only the postcode: M33 2AB",
        "only the postcode: m33  2ab",
        "14 Bеech Road Sale M33 2AB",
    ],
)
def test_a_barred_address_is_withheld_however_it_is_written(written: str) -> None:
    cleaned = Bars(content=(SAFE,)).clean(f"She stays at {written}. Call first.")
    letters = plain(cleaned)[0]
    assert not any(form in letters for form in forms(SAFE))
    assert WITHHELD in cleaned
    assert "Call first" in cleaned


def test_what_is_not_barred_stays_word_for_word() -> None:
    said = "He came to 9 Mill Lane at 3 in the morning; Ann's sister was there."
    assert Bars(content=(SAFE,)).clean(said) == said


@pytest.mark.parametrize("short", ["", " ", "a", "abc", "1 2 3", "...", "\u200b\u200b\u200b\u200b"])
def test_words_too_short_to_tell_apart_bar_nothing(short: str) -> None:
    assert forms(short) == []
    assert Bars(content=(short,)).clean("abc 123") == "abc 123"


@given(st.text(max_size=200), st.text(min_size=4, max_size=30))
def test_whatever_is_barred_is_in_no_cleaned_text(said: str, barred: str) -> None:
    bars = Bars(content=(barred,))
    cleaned = bars.clean(f"{said} {barred} {said}")
    bars.check_content([cleaned])
    assert not any(form in plain(cleaned)[0] for form in forms(barred))


@given(st.lists(st.sampled_from(["beech", "road", "rd", "14", " ", ",", "sale"]), max_size=30))
def test_cleaning_twice_changes_nothing_more(words: list[str]) -> None:
    bars = Bars(content=("14 Beech Road", "Sale Road"))
    once = bars.clean(" ".join(words))
    assert bars.clean(once) == once


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ("John Smith", "John Smith"),
        ("John Smith", "SMITH, John"),
        ("John Smith", "Dr. John  A. Smith"),
        ("John Smith", "john.smith@council.example"),
        ("John Smith", "Jöhn Smith"),
        ("j.smith@council.example", "J.Smith@Council.Example "),
        ("j.smith@council.example", "ｊ.smith@council.example"),
        ("@council.example", "anybody@council.example"),
        ("council.example", "anybody@team.council.example"),
    ],
)
def test_a_barred_recipient_is_known_however_it_is_written(entry: str, told: str) -> None:
    assert matches(entry, told)
    with pytest.raises(BarredError) as refused:
        Bars(recipients=(entry,)).check_recipient("Children's services", told)
    assert entry not in str(refused.value)


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ("John Smith", "Jane Smith"),
        ("j.smith@council.example", "k.smith@council.example"),
        ("council.example", "x@notcouncil.example"),
        ("council.example", "council.example folder"),
        ("", "anybody"),
        ("...", "anybody"),
    ],
)
def test_others_may_receive(entry: str, told: str) -> None:
    assert not matches(entry, told)
    Bars(recipients=(entry,)).check_recipient(told)


def test_a_suspect_is_refused_as_a_recipient_without_being_on_the_list() -> None:
    with pytest.raises(BarredError):
        Bars(suspects=("Karl Brown", "karl@example.org")).check_recipient("Refuge", "karl@example.org")


def package(bars: Bars = Bars(), *lines: str, **head: str) -> Any:  # noqa: B008 - it cannot be changed
    return made("R000001", {"to": "Somebody", **head}, [Section("narrative", "What happened", lines)], bars)


def test_the_package_holds_nothing_that_is_barred_in_any_of_its_parts() -> None:
    bars = Bars(content=(SAFE,))
    made_ = package(bars, f"He asked for {SAFE}", summary=f"She is at {SAFE.upper()}")
    for form in forms(SAFE):
        assert not any(form in plain(text)[0] for text in texts(orjson.loads(made_.content)))
        assert form not in plain(made_.document.decode("latin-1"))[0]


def test_an_address_torn_over_two_lines_is_refused() -> None:
    with pytest.raises(BarredError, match="still says"):
        package(Bars(content=(SAFE,)), "She stays at 14 Beech", "Road, Sale M33 2", "AB for now")


def test_the_package_is_signed_and_a_changed_one_is_not_genuine() -> None:
    made_ = package(Bars(), "He shouted")
    stored: Any = SimpleNamespace(
        content=made_.content,
        pdf=made_.document,
        manifest=made_.manifest,
        signature=made_.signature,
        content_hash=made_.content_hash,
    )
    assert is_genuine(stored)
    for name, other in [
        ("content", made_.content + " "),
        ("pdf", made_.document + b" "),
        ("manifest", made_.manifest.replace("R000001", "R000002")),
        ("signature", "0" * 64),
        ("content_hash", sha256(b"")),
    ]:
        assert not is_genuine(SimpleNamespace(**(vars(stored) | {name: other}))), name  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "line",
    ["", "(((", ")) Tj ET", "back\\slash", "Zoë – “quoted” €5", "王小明", "x" * 5000, "a\x07b", "\n" * 500],
)
def test_any_line_can_be_printed(line: str) -> None:
    document = pdf.document("Referral R000001", [("What happened", [line])])
    assert document.startswith(b"%PDF-1.4")
    assert document.rstrip().endswith(b"%%EOF")
    start = int(document.rsplit(b"startxref\n", 1)[1].split(b"\n")[0])
    assert document[start:].startswith(b"xref")
    assert document == pdf.document("Referral R000001", [("What happened", [line])])


@given(st.text(max_size=300))
def test_every_object_of_a_printed_text_is_where_the_table_says(said: str) -> None:
    document = pdf.document("Referral", [("Words", [said])])
    table = document.rsplit(b"xref\n", 2)[1] if document.count(b"xref\n") > 2 else document.split(b"xref\n0 ", 1)[1]
    places = [int(row[:10]) for row in table.split(b"\n") if row.endswith(b"00000 n ")]
    assert places
    assert all(document[place:].startswith(b"%d 0 obj" % number) for number, place in enumerate(places, 1))


def test_the_least_content_is_the_default_and_more_needs_a_why() -> None:
    assert [s["block"] for s in sharing().sections("school", {})] == ["persons"]
    assert sharing().sections("school", {"voice": "The head asked", "persons": ""})[1] == {
        "block": "voice",
        "why": "The head asked",
    }
    with pytest.raises(InvalidError):
        sharing().sections("school", {"history": ""})


def test_the_archive_is_the_same_bytes_each_time() -> None:
    import datetime as dt

    from iops.safeguarding.referrals.package import archive

    made_ = package(Bars(), "He shouted")
    stored: Any = SimpleNamespace(
        content=made_.content, pdf=made_.document, manifest=made_.manifest, signature=made_.signature
    )
    at = dt.datetime(2026, 1, 2, 3, 4, tzinfo=dt.UTC)
    one = archive(stored, "https://iops.example/partner/x/", at)
    assert one == archive(stored, "https://iops.example/partner/x/", at)
    names = zipfile.ZipFile(io.BytesIO(one)).namelist()
    assert names == ["referral.json", "referral.pdf", "manifest.json", "manifest.sig", "answer-here.txt"]
