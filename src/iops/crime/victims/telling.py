"""Telling a victim the news they are owed, by word of mouth or by a letter whose exact words are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iops.crime.models import NewsKind, TellChannel, ToldOf, VictimLetter, VictimNews, VictimNewsTold, VictimTold
from iops.crime.victims import letters
from iops.crime.victims.finding import plan_of, standing_of, standing_victim
from iops.foundation import clock
from iops.foundation.context import verb
from iops.foundation.errors import ConflictError, InvalidError, NotFoundError
from iops.obligations.services import text, writing
from iops.web import words as said

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from iops.crime.models import CrimeVictim
    from iops.foundation.models import User

LONGEST_HOW = 100
LONGEST_TEXT_MESSAGE = 480
"""Characters: three parts of a text message; a longer one is a letter."""
ABOUT = {
    NewsKind.NOT_PROSECUTED: ToldOf.OUTCOME,
    NewsKind.OUTCOME: ToldOf.OUTCOME,
    NewsKind.REMOVED: ToldOf.REMOVAL,
    NewsKind.RECORDED: ToldOf.RECORDED,
}
"""What a telling of a key event is about, the weightiest first; of any other it is about progress."""


@verb
def tell(victim_id: int, news_ids: Sequence[int], how: str, words: str, by: User) -> VictimTold:
    """Keep that a victim was told news they are owed (none: how it goes), how, and in which words.

    Raises NotFoundError for news that is not this victim's, ConflictError for what they were told already.
    """
    victim = standing_victim(victim_id)
    news = _owed(victim, news_ids)
    by_which = text(how, "How").strip()
    if len(by_which) > LONGEST_HOW:
        raise InvalidError(f"How: at most {LONGEST_HOW} characters.", details={"field": "how"})
    with writing(by, reason="victim told"):
        return _told(victim, news, by_which, text(words, "Words"), by)


def _owed(victim: CrimeVictim, news_ids: Sequence[int]) -> list[VictimNews]:
    wanted = set(news_ids)
    found = list(VictimNews.objects.filter(victim=victim, id__in=wanted))
    if len(found) != len(wanted):
        raise NotFoundError("There is no such news for this victim.", details={"field": "news"})
    told = VictimNewsTold.objects.filter(news__in=found).select_related("news").first()
    if told is not None:
        raise ConflictError(f"The victim was told already that {told.news.get_kind_display()}.")
    return sorted(found, key=lambda one: one.id)


def _told(victim: CrimeVictim, news: Sequence[VictimNews], how: str, words: str, by: User) -> VictimTold:
    kinds = {one.kind for one in news}
    about = next((what for kind, what in ABOUT.items() if kind in kinds), ToldOf.PROGRESS)
    told = VictimTold.objects.create(
        crime=victim.crime, person=victim.person, about=about, how=how, words=words, at=clock.now(), by=by
    )
    # The database ties what the telling is about by itself (sql/66_victims.sql); the rest is said here.
    tied = set(VictimNewsTold.objects.filter(news__in=news).values_list("news_id", flat=True))
    # Of two who tell at once the first brought it; that the victim was told twice is kept all the same.
    VictimNewsTold.objects.bulk_create(
        [VictimNewsTold(news=one, told=told, crime=victim.crime) for one in news if one.id not in tied],
        ignore_conflicts=True,
    )
    return told


@verb
def draft_letter(
    victim_id: int, template: str, channel: str, news_ids: Sequence[int], answers: Mapping[str, str], by: User
) -> str:
    """The words of a letter as they would go out; nothing is saved. Raises as `send_letter` does."""
    victim = standing_victim(victim_id)
    _safe(victim, channel)
    plan = plan_of(victim)
    answered = {name: answers.get(name, "") for name in letters.letters().asks}
    filled = _filled(victim, _owed(victim, news_ids), by) | answered
    chosen = letters.letters().named(template)
    return letters.write(chosen, channel, filled, discreet=plan is not None and plan.discreet)


def _filled(victim: CrimeVictim, news: Sequence[VictimNews], by: User) -> dict[str, object]:
    plan = plan_of(victim)
    latest = max((one.at for one in news), default=clock.now())
    return {
        "name": victim.person.name,
        "reference": victim.crime.reference,
        "recorded_on": said.moment_day(victim.crime.recorded_at),
        "happened_on": said.moment_day(latest),
        "officer": by.name,
        "enhanced": standing_of(victim).enhanced,
        "every_days": plan.every_days if plan else None,
        "kinds": {one.kind for one in news},
        "events": "; ".join(sorted({NewsKind(one.kind).label for one in news})) or "the police looked at the case",
    }


def _safe(victim: CrimeVictim, channel: str) -> None:
    if channel not in letters.WRITTEN:
        raise InvalidError("A letter goes by post, by email or as a text message.", details={"field": "channel"})
    plan = plan_of(victim)
    if plan is not None and channel in plan.never:
        raise ConflictError(
            f"For this victim it is not safe to send a {TellChannel(channel).label}.", mend="Look at the contact plan."
        )


@verb
def send_letter(
    victim_id: int, template: str, channel: str, news_ids: Sequence[int], words: str, by: User
) -> VictimLetter:
    """Keep a letter, email or text message as it goes out, word for word, as the telling of the news it brings.

    Somebody has read `words` before: what was drafted may be changed, and what stands here is what was sent. Raises
    ConflictError for a channel that is not safe for the victim, or news they were told already.
    """
    victim = standing_victim(victim_id)
    _safe(victim, channel)
    letters.letters().named(template)
    kept = text(words, "Words")
    if channel == TellChannel.TEXT and len(kept) > LONGEST_TEXT_MESSAGE:
        raise InvalidError(f"A text message has at most {LONGEST_TEXT_MESSAGE} characters.", details={"field": "words"})
    news = _owed(victim, news_ids)
    with writing(by, reason=f"letter to the victim: {template}"):
        told = _told(victim, news, TellChannel(channel).label, kept, by)
        return VictimLetter.objects.create(
            victim=victim,
            crime=victim.crime,
            told=told,
            template=template,
            channel=channel,
            text=kept,
            at=told.at,
            by=by,
        )
