"""The cast of a spoken rehearsal: real speech engines, and a dialogue engine in place of a language model."""

from trunkline.sandbox.dialogue.brain import Dialogue
from trunkline.sandbox.rehearsal import Cast
from trunkline.sandbox.speech import ears
from trunkline.sandbox.speech.ears import SpokenEars
from trunkline.sandbox.speech.intents import meaning
from trunkline.sandbox.speech.voice import SpokenVoice, caller_says
from trunkline.sandbox.speech.worker import compute


async def spoken() -> Cast:
    """The engines, loaded, so that the first words of a call do not wait for them.

    Raises:
        EnginesMissing: the ``spoken`` extra is not installed.
    """
    voice = SpokenVoice()
    await voice.warm()
    await ears.warm()
    await compute(meaning)
    return Cast(SpokenEars, voice, Dialogue(), caller_says)
