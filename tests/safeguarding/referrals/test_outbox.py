"""Delivery at least once: receipts, crashes, tries again, dead letters, and what may not leave."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from iops.foundation import clock
from iops.foundation.errors import ConflictError, InvalidError, NotAllowedError, NotFoundError
from iops.pole import services as pole
from iops.safeguarding.models import Delivery, DeliveryAttempt, Disclosure, PartnerLink
from iops.safeguarding.referrals import outbox, services
from iops.safeguarding.referrals.channels import CHANNELS, UndeliverableError
from iops.safeguarding.referrals.guard import BarredError
from iops.safeguarding.referrals.package import sha256
from iops.safeguarding.referrals.states import state_of
from tests.safeguarding.referrals.test_states import duties

if TYPE_CHECKING:
    from pathlib import Path

    from tests.safeguarding.referrals.conftest import Desk


def broken(*_: object) -> str:
    raise UndeliverableError("The gateway is down.")


def crash(*_: object) -> str:
    raise SystemExit(9)


def try_once(channel: Any) -> bool | None:
    claimed = outbox.claim()
    return None if claimed is None else outbox.attempt(claimed, {"folder": channel, "smtp": channel})


def files(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.rglob("*") if p.is_file())


def test_a_package_is_dropped_with_its_hash_on_record(desk: Desk, outbox_folder: Path) -> None:
    referral = desk.sent()
    assert outbox.deliver_due() == 1
    dropped = outbox_folder / "children-services" / f"R{referral.id:06d}.zip"
    package = zipfile.ZipFile(io.BytesIO(dropped.read_bytes()))
    disclosure = Disclosure.objects.get(referral=referral)
    assert sha256(package.read("referral.json")) == disclosure.content_hash
    manifest = orjson.loads(package.read("manifest.json"))
    assert manifest["files"]["referral.pdf"]["sha256"] == sha256(package.read("referral.pdf"))
    assert disclosure.basis == "safeguard_child"
    assert disclosure.recipient == "North children_services (made up) (children-services)"
    assert b"https://iops.example/partner/" in package.read("answer-here.txt")
    assert state_of(referral.id) == "sent"
    assert DeliveryAttempt.objects.get().receipt == dropped.name
    assert outbox.deliver_due() == 0


def test_the_package_shows_the_least_and_what_was_added_with_a_why(desk: Desk) -> None:
    desk.sent("school", added={"voice": "The head asked"}, voice="She wants him to leave")
    said = orjson.loads(Disclosure.objects.get().content)
    assert [s["block"] for s in said["sections"]] == ["persons", "voice"]
    assert "pushed her" not in Disclosure.objects.get().content


@pytest.mark.usefixtures("own_clock")
def test_a_crash_while_delivering_is_on_record_and_the_package_goes_again(desk: Desk, outbox_folder: Path) -> None:
    desk.sent()
    with pytest.raises(SystemExit):
        try_once(crash)
    assert DeliveryAttempt.objects.get().ended_at is None
    assert outbox.claim() is None
    with clock.at(clock.now() + timedelta(minutes=6)):
        assert outbox.deliver_due() == 1
    assert [a.delivered for a in DeliveryAttempt.objects.order_by("number")] == [None, True]
    assert len(files(outbox_folder)) == 1


@pytest.mark.usefixtures("own_clock")
def test_a_crash_after_delivering_gives_the_same_file_again(desk: Desk, outbox_folder: Path) -> None:
    desk.sent()
    claimed = outbox.claim()
    assert claimed is not None
    outbox._carried(claimed.delivery_id, CHANNELS)  # and then the power goes
    [first] = [p.read_bytes() for p in outbox_folder.rglob("*.zip")]
    with clock.at(clock.now() + timedelta(minutes=6)):
        assert outbox.deliver_due() == 1
    assert [p.read_bytes() for p in outbox_folder.rglob("*.zip")] == [first]


@pytest.mark.usefixtures("own_clock")
def test_a_failed_delivery_waits_longer_each_time_and_ends_as_a_dead_letter(desk: Desk) -> None:
    referral = desk.sent()
    waits, at = [], clock.now()
    for _ in range(6):
        with clock.at(at):
            assert try_once(broken) is False
            assert try_once(broken) is None
        delivery = Delivery.objects.get()
        waits.append(int((delivery.next_at - at).total_seconds()) // 60)
        at = delivery.next_at + timedelta(minutes=5)
    assert waits[:5] == [1, 5, 30, 120, 480]
    assert delivery.dead_at is not None
    assert delivery.last_error == "The gateway is down."
    assert state_of(referral.id) == "sent"
    assert duties(desk)["referral-delivery-failed"] == "open"


def dead(desk: Desk) -> Delivery:
    desk.sent()
    Delivery.objects.update(dead_at=clock.now(), last_error="The gateway is down.")
    return Delivery.objects.get()


def test_a_dead_letter_is_tried_again_with_a_new_link(desk: Desk) -> None:
    letter = dead(desk)
    services.settle_dead(letter.id, desk.keeper, again=True)
    assert duties(desk)["referral-delivery-failed"] == "met"
    assert outbox.deliver_due() == 1
    assert PartnerLink.objects.filter(revoked_at=None).count() == 1
    assert PartnerLink.objects.count() == 2
    with pytest.raises(ConflictError):
        services.settle_dead(letter.id, desk.keeper, again=True)


def test_a_delivery_that_is_not_dead_is_not_settled(desk: Desk) -> None:
    desk.sent()
    with pytest.raises(ConflictError):
        services.settle_dead(Delivery.objects.get().id, desk.keeper, again=False)
    with pytest.raises(NotFoundError):
        services.settle_dead(2**62, desk.keeper, again=False)


def test_a_revoked_referral_is_not_delivered(desk: Desk, outbox_folder: Path) -> None:
    referral = desk.sent()
    services.revoke(referral.id, "Wrong person", desk.officer)
    assert outbox.deliver_due() == 0
    assert files(outbox_folder) == []


def test_a_referral_revoked_while_it_travels_stays_revoked_and_the_arrival_is_on_record(desk: Desk) -> None:
    referral = desk.sent()

    def revoked_meanwhile(*_: object) -> str:
        services.revoke(referral.id, "Wrong person", desk.officer)
        return "arrived"

    assert try_once(revoked_meanwhile)
    delivery = Delivery.objects.get()
    assert (delivery.stopped_at is not None, delivery.delivered_at) == (True, None)
    assert DeliveryAttempt.objects.get().delivered
    assert state_of(referral.id) == "revoked"


def test_without_a_mail_server_an_email_waits_and_says_why(desk: Desk) -> None:
    desk.agency("idva", "smtp", "idva@example.org")
    desk.sent("idva")
    assert outbox.deliver_due() == 0
    assert Delivery.objects.get().last_error.startswith("No mail server is configured.")


def test_one_broken_delivery_keeps_none_of_the_others_waiting(desk: Desk) -> None:
    desk.agency("idva", "smtp", "idva@example.org")
    desk.sent("idva")
    desk.sent()
    assert outbox.deliver_due() == 1


def test_a_recipient_on_the_list_is_refused_when_it_is_sent(desk: Desk) -> None:
    services.bar(desk.incident.id, "recipient", "Karen Miles", "His sister works there", desk.officer)
    referral = desk.draft(attention="Miles, Karen")
    with pytest.raises(BarredError):
        services.send(referral.id, desk.officer)
    assert not Disclosure.objects.exists()
    assert state_of(referral.id) == "drafted"


def test_a_suspect_is_refused_by_name_and_by_email(desk: Desk) -> None:
    suspect = pole.register_person("Karl Brown", desk.officer)
    pole.link(("person", suspect.id), "suspect", ("incident", desk.incident.id), desk.officer)
    address = pole.add_email("karl@example.org", desk.officer)
    pole.link(("person", suspect.id), "user", ("email", address.id), desk.officer)
    with pytest.raises(BarredError):
        services.send(desk.draft(attention="KARL BROWN").id, desk.officer)
    desk.agency("other", "smtp", "karl@example.org")
    with pytest.raises(BarredError):
        services.send(desk.draft("other").id, desk.officer)


def test_what_must_not_be_told_is_in_no_part_of_the_package(desk: Desk) -> None:
    services.bar(desk.incident.id, "content", "12 Oak Road", "She hides there", desk.officer)
    desk.sent(summary="She is at 12, oak rd.")
    content = Disclosure.objects.get().content
    assert "oak" not in content.lower()
    assert "[withheld]" in content


def test_a_bar_that_came_after_sending_still_stops_the_package(desk: Desk, outbox_folder: Path) -> None:
    desk.sent()
    services.bar(desk.incident.id, "content", "12 Oak Road", "She hides there", desk.officer)
    assert outbox.deliver_due() == 0
    assert Delivery.objects.get().dead_at is not None
    assert files(outbox_folder) == []


def test_a_bar_is_lifted_by_a_second_person_with_a_reason(desk: Desk) -> None:
    entry = services.bar(desk.incident.id, "content", "12 Oak Road", "She hides there", desk.sergeant)
    for by in (desk.sergeant, desk.officer):
        with pytest.raises(NotAllowedError):
            services.lift(entry.id, "She moved", by)
    with pytest.raises(InvalidError):
        services.lift(entry.id, "", desk.keeper)
    services.lift(entry.id, "She moved", desk.keeper)
    with pytest.raises(ConflictError):
        services.lift(entry.id, "She moved", desk.keeper)
    desk.sent()
    assert "12 Oak Road" in Disclosure.objects.get().content


@pytest.mark.parametrize(
    ("kind", "value"), [("content", "abc"), ("content", ""), ("gossip", "12 Oak Road"), ("content", "x" * 301)]
)
def test_a_bar_that_bars_nothing_or_too_much_is_refused(desk: Desk, kind: str, value: str) -> None:
    with pytest.raises(InvalidError):
        services.bar(desk.incident.id, kind, value, "Because", desk.officer)


@pytest.mark.parametrize(
    ("channel", "address"),
    [
        ("folder", "../../etc"),
        ("folder", "a/b"),
        ("folder", ""),
        ("folder", "Upper"),
        ("folder", "x" * 61),
        ("smtp", "nobody"),
        ("smtp", "a@b"),
        ("smtp", "a@b.example\nBcc: c@d.example"),
        ("smtp", "a@b.example, c@d.example"),
        ("pigeon", "roof"),
    ],
)
def test_an_address_that_leads_astray_is_refused(desk: Desk, channel: str, address: str) -> None:
    with pytest.raises(InvalidError):
        services.register_agency("Agency", "other", channel, address, desk.keeper)


def test_agencies_are_registered_by_their_keepers_and_once(desk: Desk) -> None:
    with pytest.raises(NotAllowedError):
        services.register_agency("Agency", "other", "folder", "agency", desk.officer)
    services.register_agency("Agency", "other", "folder", "agency", desk.keeper)
    with pytest.raises(ConflictError):
        services.register_agency("AGENCY", "other", "folder", "agency", desk.keeper)
