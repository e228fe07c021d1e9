"""Moonshine tiny (English): what was said in a stretch of speech.

An encoder and an autoregressive decoder. The files come in the ``moonshine-voice`` wheel, whose own library
is not used: on onnxruntime alone the model takes a third of the time and tells how sure it is.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trunkline.sandbox.speech.weights import folder, network

RATE = 16000
"""Hertz that the network was trained on."""

TOKENS_PER_SECOND = 6.5
"""Speech has no more; a decoder that says more is looping."""

START, END = 1, 2
"""Tokens that begin and end a sentence."""

WORD_START = "▁".encode()
"""Marks a token that begins a word."""

HEADS, WIDTH = 8, 36
"""Shape of the decoder's memory."""


@dataclass(frozen=True, slots=True)
class Transcript:
    text: str
    """With capitals and punctuation; empty when nothing was understood."""
    confidence: float
    """Geometric mean of the tokens' probabilities, 0 to 1: speech 0.7 and up, noise 0.3 to 0.45."""


class Moonshine:
    """Transcribes one utterance at a time; keeps nothing between them.

    Args:
        path: folder of the encoder, the decoder and the tokenizer.
    """

    def __init__(self, path: Path) -> None:
        self._encoder = network(path / "encoder_model.ort")
        self._decoder = network(path / "decoder_model_merged.ort")
        self._tokens = read_tokens((path / "tokenizer.bin").read_bytes())
        self._memories = [i.name for i in self._decoder.get_inputs() if i.name.startswith("past")]

    def transcribe(self, audio: NDArray[np.float32]) -> Transcript:
        """What is said in ``audio``: 16 kHz mono, -1 to 1, a few seconds."""
        if not len(audio):
            return Transcript("", 0.0)
        tokens, confidence = self._decode(audio[np.newaxis])
        said = b"".join(self._tokens[token] for token in tokens if token > END)
        return Transcript(said.replace(WORD_START, b" ").decode("utf-8", "ignore").strip(), confidence)

    def _decode(self, audio: NDArray[np.float32]) -> tuple[list[int], float]:
        """The likeliest token after each token, until the end of the sentence."""
        mask = np.ones(audio.shape, np.int64)
        (states,) = self._encoder.run(None, {"input_values": audio, "attention_mask": mask})
        fixed = {"encoder_hidden_states": states, "encoder_attention_mask": mask}
        memory = {name: np.zeros((1, HEADS, 0, WIDTH), np.float32) for name in self._memories}
        tokens, surprise = [START], 0.0
        while tokens[-1] != END and len(tokens) <= max(8, audio.shape[1] / RATE * TOKENS_PER_SECOND):
            first = len(tokens) == 1
            step = {"input_ids": np.array([tokens[-1:]], np.int64), "use_cache_branch": np.array([not first])}
            scores, *grown = self._decoder.run(None, {**fixed, **step, **memory})
            self._remember(memory, grown, first)
            token, cost = likeliest(scores[0, -1])
            tokens.append(token)
            surprise += cost
        return tokens[1:], float(np.exp(-surprise / max(1, len(tokens) - 1)))

    def _remember(self, memory: dict[str, Any], grown: list[Any], first: bool) -> None:
        """The memory of what was heard is made once; the memory of what was said grows."""
        named = zip(self._memories, grown, strict=True)
        memory.update((name, value) for name, value in named if first or "decoder" in name)


def likeliest(scores: NDArray[np.float32]) -> tuple[int, float]:
    """The token with the highest score, and how surprising it is (negative log probability)."""
    token = int(scores.argmax())
    return token, float(np.log(np.exp(scores - scores[token]).sum()))


def read_tokens(data: bytes) -> list[bytes]:
    """The vocabulary: each token's length (one byte, or two from 128 on), then its bytes."""
    tokens, at = [], 0
    while at < len(data):
        length, at = data[at], at + 1
        if length >= 128:
            length, at = data[at] * 128 + length - 128, at + 1
        tokens.append(data[at : at + length])
        at += length
    return tokens


@cache
def recogniser() -> Moonshine:
    """The process's recogniser, loaded when first asked for (about 0.3 s).

    Raises:
        EnginesMissing: the ``spoken`` extra is not installed.
    """
    return Moonshine(folder("moonshine_voice") / "assets" / "tiny-en")
