"""How to sign in to the made-up force: one account a role, with one password made for this installation."""

from __future__ import annotations

import json
import os
import secrets
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from iops.foundation.roles import Role

if TYPE_CHECKING:
    from pathlib import Path


def password(var: Path) -> str:
    """The password of the made-up accounts of this installation; made once, kept readable by its account only."""
    path = var / "made-up-accounts.json"
    if path.exists():
        return str(json.loads(path.read_text())["password"])
    word = "-".join(secrets.token_hex(3) for _ in range(3))
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump({"password": word}, file)
    return word


def table(var: Path) -> Table:
    """Each role with the name its made-up account signs in by, and the password of all of them."""
    made = Table("role", "sign in as", "password", title="The made-up force: nobody in it is real")
    word = password(var)
    for role in Role:
        made.add_row(role.label, role.value.replace("_", "-"), word)
    return made


def show(var: Path) -> None:
    """Print the table."""
    Console().print(table(var))
