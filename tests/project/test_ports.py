"""A port that is taken is said to be taken, and by whom."""

from __future__ import annotations

import os
import socket

import pytest

from iops.project.ports import Taken, taken


def test_a_free_port_is_free() -> None:
    with socket.socket() as finder:
        finder.bind(("127.0.0.1", 0))
        port = finder.getsockname()[1]
    assert taken("127.0.0.1", port) is None


@pytest.mark.parametrize("shared", [False, True])
def test_a_port_on_which_somebody_listens_is_taken_by_them(shared: bool) -> None:
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, shared)
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        trouble = taken("127.0.0.1", holder.getsockname()[1])
    assert trouble is not None
    assert f"(process {os.getpid()})" in str(trouble)


def test_an_address_of_another_machine_cannot_be_used() -> None:
    trouble = taken("192.0.2.1", 8000)
    assert trouble is not None
    assert "cannot be used" in str(trouble)


def test_a_name_that_is_no_address_is_an_error() -> None:
    with pytest.raises(socket.gaierror):
        taken("no such host", 8000)


def test_who_cannot_be_seen_is_left_out() -> None:
    assert str(Taken("is taken")) == "is taken"
