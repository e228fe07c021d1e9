"""Recordings of calls: started by a verb or over REST, fetched as WAV."""

import asyncio
import io
import math
import wave
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from processors import g711
from trunkline.sandbox.telephone.phone import Phone
from trunkline.sandbox.telephone.resource import API_VERSION, new_sid, rfc2822
from trunkline.sandbox.telephone.tape import RATE
from trunkline.sandbox.telephone.webhooks import Ask


@dataclass(slots=True, kw_only=True)
class Recording:
    """A part of a call's sound. Positions are samples of call time."""

    phone: Phone
    source: str
    """``RecordVerb``, ``DialVerb``, ``OutboundAPI`` or ``StartCallRecordingAPI``."""
    channels: int = 1
    """2 keeps the two sides apart: the caller left, the carrier's customer right."""
    track: str = "both"
    """``inbound`` (what the caller says), ``outbound`` (what the caller hears) or ``both``."""
    callback: str = ""
    callback_method: str = "POST"
    sid: str = field(default_factory=lambda: new_sid("RE"))
    status: str = "in-progress"
    started: int = field(init=False)
    stopped: int | None = None

    def __post_init__(self) -> None:
        self.started = self.phone.handset.now
        self.phone.exchange.recordings[self.sid] = self
        self.phone.closing.append(self._close)

    @property
    def duration(self) -> int:
        """Seconds, rounded up."""
        return math.ceil((self._end - self.started) / RATE)

    @property
    def url(self) -> str:
        return self.phone.exchange.public_url + self._path

    @property
    def _path(self) -> str:
        return f"/{API_VERSION}/Accounts/{self.phone.call.account_sid}/Recordings/{self.sid}"

    @property
    def _end(self) -> int:
        return self.phone.handset.now if self.stopped is None else self.stopped

    def stop(self, samples: int | None = None) -> None:
        """End the recording, after so many samples or now, and tell the callback. Once is enough."""
        if self.stopped is not None:
            return
        now = self.phone.handset.now
        self.stopped = now if samples is None else min(self.started + samples, now)
        self.status = "completed"
        if self.callback:
            ask = Ask("recording", self.callback, self._event(), self.callback_method)
            self.phone.spawn(self.phone.deliver(ask))

    def params(self) -> dict[str, str]:
        """What a webhook says of it."""
        return {
            "RecordingUrl": self.url,
            "RecordingSid": self.sid,
            "RecordingDuration": str(self.duration),
        }

    def as_json(self) -> dict[str, Any]:
        """The Recording resource."""
        call = self.phone.call
        began = call.wall(self.phone.handset.timeline.time(self.started))
        over = self.stopped is not None
        return {
            "sid": self.sid,
            "account_sid": call.account_sid,
            "call_sid": call.sid,
            "status": self.status,
            "channels": self.channels,
            "source": self.source,
            "track": self.track,
            "duration": str(self.duration) if over else None,
            "start_time": rfc2822(began),
            "date_created": rfc2822(began),
            "date_updated": rfc2822(call.wall(asyncio.get_running_loop().time())),
            "api_version": API_VERSION,
            "price": None,
            "price_unit": "USD",
            "error_code": None,
            "uri": f"{self._path}.json",
        }

    def wav(self) -> bytes:
        """The sound, 16-bit PCM at 8 kHz."""
        return wav(self._samples())

    def _close(self) -> dict[str, str]:
        self.stop()
        return self.params() if self.source == "OutboundAPI" else {}

    def _event(self) -> dict[str, str]:
        call = self.phone.call
        return self.params() | {
            "AccountSid": call.account_sid,
            "CallSid": call.sid,
            "RecordingStatus": self.status,
            "RecordingChannels": str(self.channels),
            "RecordingStartTime": rfc2822(call.wall(self.phone.handset.timeline.time(self.started))),
            "RecordingSource": self.source,
            "RecordingTrack": self.track,
        }

    def _samples(self) -> np.ndarray[Any, np.dtype[np.int16]]:
        """One row a sample, one column a channel."""
        length = self._end - self.started
        said, heard = (
            np.frombuffer(g711.decode(side[self.started : self._end].ljust(length, g711.SILENCE)), "<i2")
            for side in (self.phone.said, self.phone.heard)
        )
        if self.track != "both":
            return (said if self.track == "inbound" else heard).reshape(-1, 1)
        if self.channels == 2:
            return np.column_stack((said, heard))
        mixed = said.astype(np.int32) + heard
        return np.asarray(np.clip(mixed, -32768, 32767), "<i2").reshape(-1, 1)


def wav(samples: np.ndarray[Any, np.dtype[np.int16]]) -> bytes:
    """A WAV file of 16-bit PCM at 8 kHz; one row a sample, one column a channel."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(samples.shape[1])
        writer.setsampwidth(2)
        writer.setframerate(RATE)
        writer.writeframes(samples.tobytes())
    return file.getvalue()
