"""A waterfall on a terminal can be read without colour, in eighty columns."""

from io import StringIO

from rich.console import Console

from trunkline.commands.bars import STYLES, bar, figures, legend
from trunkline.waterfall import SEGMENTS, Waterfall

REPLY = Waterfall(vad=200, stt=100, model=120, sentence=40, voice=80, output=0.2, played=21.4)


def printed(*latencies: Waterfall) -> list[str]:
    console = Console(file=StringIO(), width=80)
    console.print(legend(latencies))
    file = console.file
    assert isinstance(file, StringIO)
    return [line.rstrip() for line in file.getvalue().splitlines()]


def test_a_segment_has_as_much_of_its_name_as_it_has_room_for() -> None:
    assert bar(REPLY, 1 / 20).plain == "│vad──────│stt─│model│s│voi"
    assert bar(REPLY, 1 / 200).plain == "│││"


def test_a_bar_is_as_long_as_its_total() -> None:
    for cells in range(1, 80):
        assert len(bar(REPLY, cells / REPLY.total).plain) == cells


def test_every_segment_has_a_colour_of_its_own() -> None:
    assert tuple(STYLES) == SEGMENTS
    assert len(set(STYLES.values())) == len(SEGMENTS)


def test_figures_are_those_that_took_some_time_and_played_stands_apart() -> None:
    text = figures(REPLY).replace("\N{NO-BREAK SPACE}", " ")
    assert text == "vad 200 · stt 100 · model 120 · sentence 40 · voice 80 · played +21"
    assert "played" not in figures(Waterfall(vad=200))


def test_the_legend_says_what_a_segment_is_and_how_long_it_took() -> None:
    lines = printed(REPLY, Waterfall(vad=220, tool=400))
    assert lines[1] == "│vad─       210  219  the silence was noticed"
    assert [line.split()[0] for line in lines[1:]] == [
        "│vad─",
        "│stt─",
        "│model─",
        "│tool─",
        "│sentence─",
        "│voice─",
        "total",
        "played",
    ]
