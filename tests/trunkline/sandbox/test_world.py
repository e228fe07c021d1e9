"""The world: vendors that answer, and settings that point a server at them and at nothing else."""

from pathlib import Path

import pytest

from tests.calls.town import VOICE, said
from trunkline.sandbox.brain import ScriptedBrain
from trunkline.sandbox.ears import PhraseEars
from trunkline.sandbox.world import World
from trunkline.vendors import Vendors


async def test_a_servers_vendors_are_the_worlds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEEPGRAM_BASE_URL", "https://elsewhere.example")
    ears = PhraseEars({"stop": said("stop")})
    async with World(lambda _: ears, VOICE, ScriptedBrain()) as world:
        settings = world.settings(tmp_path / "calls.db", TRUNKLINE_MAX_CALLS=2)
        assert settings.max_calls == 2
        assert settings.missing() == []
        urls = (settings.deepgram_base_url, settings.openai_base_url, settings.twilio_base_url)
        assert all(url is not None and url.startswith("http://127.0.0.1:") for url in urls)
        vendors = Vendors(settings)
        assert VOICE.read(await vendors.deepgram.synthesise("Hello.", "aura-2-thalia-en")) == "Hello."
        await vendors.close()
