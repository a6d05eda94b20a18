"""Brings a database to what this version of the system needs; run as its owner, any number of times."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import django
from django.core.management import call_command

if TYPE_CHECKING:
    from collections.abc import Callable


def prepare(*, made_up_force: str | None, say: Callable[[str], None] = print) -> None:
    """Migrate tables, install functions and the rulebook, settle what a changed rule asks.

    On an empty database the small made-up force is loaded too; `made_up_force` is the password of its accounts, None
    leaves it out. `say` is told each step in a few words.
    """
    django.setup()
    from iops.foundation.calendar import install_calendar
    from iops.foundation.install import install
    from iops.obligations.conservation import check_conservation, settle_changed_rulebook
    from iops.pole.search.upkeep import bring_up_to_date
    from iops.pole.services.upgrade import name_nominals
    from iops.synthetic.services import build_small_force

    say("Tables")
    call_command("migrate", verbosity=0, interactive=False)
    say("Functions, rules and policies")
    install()
    install_calendar()
    name_nominals()
    if made_anew := bring_up_to_date():
        say(f"Search made anew: {', '.join(made_anew)}")
    settled = settle_changed_rulebook()
    if settled:
        say(f"The rulebook has changed: {settled} subjects settled again")
    built = build_small_force(made_up_force) if made_up_force else False
    if built:
        say("A small made-up force")
    if built or settled:
        check_conservation()


def main() -> None:
    """Prepare the database named in the environment; refusals are plain lines."""
    from iops.foundation.errors import IopsError

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iops.project.settings")
    try:
        prepare(made_up_force=os.environ.get("IOPS_MADE_UP_PASSWORD"), say=lambda step: print(f"    {step}"))  # noqa: T201
    except IopsError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
