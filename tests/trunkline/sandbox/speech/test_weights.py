"""Engines are found where they are installed, and named where they are not."""

import pytest

from trunkline.errors import TrunklineError
from trunkline.sandbox.speech.weights import folder, network


def test_a_missing_engine_is_one_clear_sentence() -> None:
    with pytest.raises(TrunklineError, match=r"'no_such_voice' is missing.*make setup.*spoken"):
        folder("no_such_voice")


def test_a_package_is_found_without_being_imported() -> None:
    assert (folder("pipecat") / "audio" / "vad" / "data" / "silero_vad.onnx").exists()


def test_a_network_computes_on_one_core() -> None:
    opened = network(folder("pipecat") / "audio" / "vad" / "data" / "silero_vad.onnx")
    assert opened.get_session_options().intra_op_num_threads == 1
