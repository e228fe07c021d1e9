"""Nova and Flux are spoken to differently, each as Deepgram asks for it."""

from processors import deepgram_stt, flux_stt
from processors.flux_events import parse
from processors.listen_dialect import Dialect
from processors.replay import KEPT_MS


def test_a_dialect_asks_for_little() -> None:
    plain = Dialect(str, longest=800)
    assert plain.proves("anything")
    assert (plain.shortest, plain.kept_ms) == (1, KEPT_MS)


def test_flux_gets_messages_of_80_ms_and_nova_of_up_to_100() -> None:
    assert flux_stt.DIALECT.shortest == flux_stt.DIALECT.longest == 80 * 8
    assert deepgram_stt.DIALECT.longest == 100 * 8


def test_that_flux_is_connected_does_not_show_that_it_listens() -> None:
    assert not flux_stt.DIALECT.proves(parse('{"type":"Connected"}'))
    assert flux_stt.DIALECT.proves(parse('{"type":"TurnInfo","event":"Update"}'))
