"""All who speak can take each other's place."""

import inspect

import pytest

from processors.aura_session import AuraSession
from processors.service_speaker import ServiceSpeaker
from processors.speaker import Speaker
from processors.speaker_relay import SpeakerRelay


@pytest.mark.parametrize("kind", [AuraSession, ServiceSpeaker, SpeakerRelay])
def test_each_does_what_a_speaker_does(kind: type) -> None:
    for name, method in vars(Speaker).items():
        if inspect.isfunction(method) and not name.startswith("_"):
            ours = inspect.signature(getattr(kind, name)).parameters
            assert list(ours) == list(inspect.signature(method).parameters), name
