"""One model's attempt at one reply, and what its failure is called."""

import asyncio
from collections.abc import Callable

from loguru import logger
from pipecat.frames.frames import ErrorFrame
from pipecat.utils.errors import ErrorCategory

from processors.errors import VendorBusy, VendorError, VendorRefused, VendorUnavailable
from processors.openai_client import Patience
from processors.standin import StandIn

REFUSED = {ErrorCategory.AUTHENTICATION, ErrorCategory.AUTHORIZATION, ErrorCategory.INVALID_REQUEST}

BUSY = {ErrorCategory.RATE_LIMIT, ErrorCategory.QUOTA}

LASTING = {ErrorCategory.AUTHENTICATION, ErrorCategory.AUTHORIZATION, ErrorCategory.QUOTA}
"""What a next turn meets again. An invalid request is about what this one said, unless it is a 404."""


class Attempt:
    """Of one model, from now on.

    Args:
        model: who replies.
        patience: how long it may be silent.
    """

    def __init__(self, model: StandIn, patience: Patience) -> None:
        self.model = model
        self.error: VendorError | None = None
        self.is_carried_out = False
        """Whether tools have been started: then there is nothing to be tried again."""
        self._patience = patience
        self._has_begun = False
        self._is_over = False
        self._sign = asyncio.Event()

    @property
    def silence(self) -> VendorError:
        """What a model has done that said nothing for too long."""
        return VendorUnavailable(self.model.provider, f"sent nothing for {self._seconds:g} s")

    def shows_life(self) -> None:
        """Something of the reply has come."""
        self._has_begun = True
        self._sign.set()

    def ends(self) -> None:
        """The model has no more to say."""
        self._is_over = True
        self._sign.set()

    def fails_with(self, error: VendorError) -> None:
        """The reply is not what it should be; the first reason counts."""
        if self.is_carried_out:
            logger.warning("{}, once its tools had been started", error)
        else:
            self.error = self.error or error

    async def over(self, is_waited_for: Callable[[], bool]) -> bool:
        """Return when the model has ended; False if it has been silent for too long.

        Args:
            is_waited_for: whether it is the model that waits, for the caller's turn to end.
        """
        while not self._is_over:
            self._sign.clear()
            try:
                async with asyncio.timeout(self._seconds):
                    await self._sign.wait()
            except TimeoutError:
                if not (self._has_begun and is_waited_for()):
                    return False
        return True

    @property
    def _seconds(self) -> float:
        return self._patience.token if self._has_begun else self._patience.first_token


def failure_of(vendor: str, frame: ErrorFrame) -> VendorError:
    """The error that a service has reported, in our words: pipecat's may quote the conversation."""
    if isinstance(frame.exception, VendorError):
        return frame.exception
    reason = type(frame.exception).__name__ if frame.exception is not None else "no reason given"
    kind: type[VendorError] = VendorUnavailable
    if frame.category in REFUSED:
        kind = VendorRefused
    elif frame.category in BUSY:
        kind = VendorBusy
    error = kind(vendor, f"failed ({reason})")
    error.permanent = frame.category in LASTING or getattr(frame.exception, "status_code", None) == 404
    return error
