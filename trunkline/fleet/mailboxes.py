"""Letters between workers, with an open connection in some of them.

Each slot has a pair of Unix datagram sockets, made before the workers are and held open by all of them. So
there is no file and no address, a letter arrives whole or not at all, and one that was sent to a worker that
has just died is read by its successor.
"""

import asyncio
import os
import socket
from collections import deque
from collections.abc import Callable

from loguru import logger

LONGEST = 2**18
"""Bytes of a letter; more than a socket takes at once (Linux: 212,992)."""

BACKLOG = 1000
"""Letters that wait for one worker; more are not accepted. Half of the room is for connections alone."""

AT_ONCE = 16
"""Letters that are read without a turn for the rest of the process."""

Receive = Callable[[bytes, "socket.socket | None"], None]
"""Takes a letter and the connection in it."""


class Mailboxes:
    """Of all slots; made before the workers are.

    Args:
        size: how many workers there are.
    """

    def __init__(self, size: int) -> None:
        pairs = [socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM) for _ in range(size)]
        for pair in pairs:
            for end in pair:
                end.setblocking(False)
        self.reading, self.writing = zip(*pairs, strict=True)

    def close(self) -> None:
        for end in (*self.reading, *self.writing):
            end.close()


class Mailbox:
    """One worker's: reads its own letters, writes to the others.

    Args:
        mailboxes: of all.
        slot: the worker's.
        receive: called for each letter; owns the connection from then on.
    """

    def __init__(self, mailboxes: Mailboxes, slot: int, receive: Receive) -> None:
        self._reading = mailboxes.reading[slot]
        self._writing = mailboxes.writing
        self._receive = receive
        self._waiting: dict[int, deque[tuple[bytes, int | None]]] = {}
        self._loop = asyncio.get_running_loop()

    def open(self) -> None:
        """Begin to read; what came before is read first."""
        self._loop.add_reader(self._reading.fileno(), self._read)

    def close(self) -> None:
        """Read no more, and drop what could not be sent."""
        self._loop.remove_reader(self._reading.fileno())
        for slot in list(self._waiting):
            self._stop_waiting(slot)

    def send(self, slot: int, letter: bytes, connection: int | None = None) -> bool:
        """Send a letter, now or as soon as there is room for it.

        Args:
            slot: whose it is.
            letter: up to some 200 kB.
            connection: a file descriptor to put in. It is copied, and still the caller's.

        Returns:
            Whether it was accepted.
        """
        if slot in self._waiting:
            return self._wait(slot, letter, connection)
        try:
            self._write(slot, letter, connection)
        except BlockingIOError:
            return self._wait(slot, letter, connection)
        except OSError:
            return False  # too long, or more connections under way than one user may have
        return True

    def _write(self, slot: int, letter: bytes, connection: int | None) -> None:
        end = self._writing[slot]
        if connection is None:
            end.send(letter)
        else:
            socket.send_fds(end, [letter], [connection])

    def _wait(self, slot: int, letter: bytes, connection: int | None) -> bool:
        waiting = self._waiting.get(slot)
        if waiting is None:
            waiting = self._waiting[slot] = deque()
            self._loop.add_writer(self._writing[slot].fileno(), self._go_on, slot)
        if len(waiting) >= (BACKLOG // 2 if connection is None else BACKLOG):
            return False
        waiting.append((letter, None if connection is None else os.dup(connection)))
        return True

    def _go_on(self, slot: int) -> None:
        """There is room for a letter that waits."""
        waiting = self._waiting[slot]
        while waiting:
            letter, connection = waiting[0]
            try:
                self._write(slot, letter, connection)
            except BlockingIOError:
                return
            except OSError as error:
                logger.error("a letter to worker {} was lost: {}", slot, error)
            waiting.popleft()
            if connection is not None:
                os.close(connection)
        self._stop_waiting(slot)

    def _stop_waiting(self, slot: int) -> None:
        self._loop.remove_writer(self._writing[slot].fileno())
        for _, connection in self._waiting.pop(slot):
            if connection is not None:
                os.close(connection)

    def _read(self) -> None:
        for _ in range(AT_ONCE):
            try:
                letter, connections, _, _ = socket.recv_fds(self._reading, LONGEST, 1)
            except BlockingIOError:
                return
            self._receive(letter, socket.socket(fileno=connections[0]) if connections else None)
