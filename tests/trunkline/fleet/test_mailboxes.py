"""Letters come whole, in order and with the connection in them, however slow the receiver is."""

import asyncio
import os
import socket
from collections.abc import Iterator

import pytest

from trunkline.fleet.mailboxes import BACKLOG, Mailbox, Mailboxes


class Reader:
    """Keeps what comes."""

    def __init__(self) -> None:
        self.letters: list[bytes] = []
        self.connections: list[socket.socket] = []

    def __call__(self, letter: bytes, connection: socket.socket | None) -> None:
        self.letters.append(letter)
        if connection is not None:
            self.connections.append(connection)

    async def until(self, count: int) -> None:
        async with asyncio.timeout(5):
            while len(self.letters) < count:  # noqa: ASYNC110
                await asyncio.sleep(0.001)


@pytest.fixture
def mailboxes() -> Iterator[Mailboxes]:
    made = Mailboxes(2)
    yield made
    made.close()


def nobody(letter: bytes, connection: socket.socket | None) -> None:
    raise AssertionError(letter)


async def test_a_letter_arrives_with_its_connection(mailboxes: Mailboxes) -> None:
    reader = Reader()
    box = Mailbox(mailboxes, 1, reader)
    box.open()
    ours, theirs = socket.socketpair()
    with ours, theirs:
        assert Mailbox(mailboxes, 0, nobody).send(1, b"hello", theirs.fileno())
        theirs.close()
        await reader.until(1)
        assert reader.letters == [b"hello"]
        with reader.connections[0] as connection:
            connection.sendall(b"here")
            assert ours.recv(10) == b"here"
    box.close()


async def test_who_comes_later_reads_what_was_sent_before(mailboxes: Mailboxes) -> None:
    sender = Mailbox(mailboxes, 0, nobody)
    dead = Mailbox(mailboxes, 1, nobody)
    dead.open()
    dead.close()
    assert sender.send(1, b"for whoever has the slot")
    reader = Reader()
    successor = Mailbox(mailboxes, 1, reader)
    successor.open()
    await reader.until(1)
    assert reader.letters == [b"for whoever has the slot"]
    successor.close()


async def test_a_full_mailbox_makes_letters_wait_in_order(mailboxes: Mailboxes) -> None:
    sender, reader = Mailbox(mailboxes, 0, nobody), Reader()
    ours, theirs = socket.socketpair()
    with ours, theirs:
        sent = 0
        while sender.send(1, b"%d" % sent * 1000):
            sent += 1
        assert sent >= BACKLOG // 2
        assert sender.send(1, b"last", theirs.fileno())  # there is room for connections still
    box = Mailbox(mailboxes, 1, reader)
    box.open()
    await reader.until(sent + 1)
    assert reader.letters == [*(b"%d" % number * 1000 for number in range(sent)), b"last"]
    reader.connections[0].close()
    assert sender.send(1, b"at once")
    await reader.until(sent + 2)
    box.close()
    sender.close()


async def test_a_letter_that_is_too_long_is_not_accepted(mailboxes: Mailboxes) -> None:
    assert not Mailbox(mailboxes, 0, nobody).send(1, bytes(1_000_000))


async def test_closing_lets_go_of_what_waits(mailboxes: Mailboxes) -> None:
    sender = Mailbox(mailboxes, 0, nobody)
    while sender.send(1, bytes(1000)):
        pass
    ours, theirs = socket.socketpair()
    assert sender.send(1, b"", theirs.fileno())
    theirs.close()
    sender.close()
    assert ours.recv(1) == b""
    ours.close()


async def test_no_descriptor_is_left(mailboxes: Mailboxes) -> None:
    before = len(os.listdir("/dev/fd"))
    await test_a_letter_arrives_with_its_connection(mailboxes)
    await test_closing_lets_go_of_what_waits(mailboxes)
    assert len(os.listdir("/dev/fd")) == before
