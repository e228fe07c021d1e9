from benchmarks.load.mouth import Mouth
from benchmarks.load.speech import QUIET, Utterance

WORDS = Utterance("words", (b"a", b"b", b"c", b"d"), first=1, last=2)


def test_who_says_nothing_is_silent() -> None:
    mouth = Mouth()
    assert mouth.packet() == QUIET
    assert mouth.sent(1.0) is None


def test_an_utterance_goes_out_packet_by_packet() -> None:
    mouth = Mouth()
    mouth.say(WORDS)
    packets = []
    for number in range(6):
        packets.append(mouth.packet())
        mouth.sent(float(number))
    assert packets == [b"a", b"b", b"c", b"d", QUIET, QUIET]


def test_the_times_are_those_of_the_audible_packets() -> None:
    mouth = Mouth()
    spoken = mouth.say(WORDS)
    told = [mouth.sent(10.0 + number) for number in range(4)]
    assert (spoken.began, spoken.over) == (11.0, 12.0)
    assert told == [None, None, spoken, None]
