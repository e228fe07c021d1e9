"""A ticket lets one stream of one call in, once, soon."""

import asyncio
from unittest.mock import patch

import pytest

from trunkline.errors import RequestRefused
from trunkline.server.tickets import LIFETIME, Tickets

CALL = "CA" + "1" * 32


async def test_a_ticket_lets_its_call_in_once() -> None:
    tickets = Tickets("secret")
    ticket = tickets.issue(CALL)
    tickets.punch(ticket, CALL)
    with pytest.raises(RequestRefused, match="used before"):
        tickets.punch(ticket, CALL)


async def test_another_process_with_the_secret_takes_it_and_one_without_does_not() -> None:
    ticket = Tickets("secret").issue(CALL)
    Tickets("secret").punch(ticket, CALL)
    with pytest.raises(RequestRefused, match="not one of ours"):
        Tickets("other").punch(ticket, CALL)


@pytest.mark.parametrize("ticket", ["", "x", "a.b.c", "é" * 40])
async def test_a_forged_ticket_is_refused_and_not_repeated(ticket: str) -> None:
    with pytest.raises(RequestRefused, match="not one of ours") as caught:
        Tickets("secret").punch(ticket, CALL)
    assert not ticket or f" {ticket} " not in str(caught.value)


async def test_the_ticket_of_another_call_is_refused() -> None:
    tickets = Tickets("secret")
    with pytest.raises(RequestRefused, match="another call"):
        tickets.punch(tickets.issue(CALL), "CA" + "2" * 32)


async def test_a_stale_ticket_is_refused() -> None:
    tickets = Tickets("secret")
    ticket = tickets.issue(CALL)
    import time

    later = time.time() + LIFETIME + 2
    with (
        patch("itsdangerous.timed.time.time", return_value=later),
        pytest.raises(RequestRefused, match="older"),
    ):
        tickets.punch(ticket, CALL)


async def test_used_tickets_are_forgotten_once_stale() -> None:
    tickets = Tickets("secret")
    for _ in range(3):
        tickets.punch(tickets.issue(CALL), CALL)
        await asyncio.sleep(LIFETIME + 2)
    tickets.punch(tickets.issue(CALL), CALL)
    assert len(tickets._used) == 1


async def test_a_ticket_fits_into_a_parameter() -> None:
    assert len("ticket" + Tickets("secret").issue(CALL)) < 500
