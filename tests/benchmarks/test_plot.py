"""The picture of a run."""

from xml.etree import ElementTree

import pytest

from benchmarks.plot import DARK, INK, LABEL_APART, apart, drawn
from benchmarks.ratios import sweeps
from benchmarks.result import Run
from tests.benchmarks.runs import point, run, whole

SVG = "{http://www.w3.org/2000/svg}"


def picture(of: Run | None = None) -> str:
    return drawn(sweeps((of or whole()).points).values())


def texts(svg: str) -> list[str]:
    return ["".join(text.itertext()) for text in ElementTree.fromstring(svg).iter(f"{SVG}text")]  # noqa: S314


def test_every_line_bears_its_name_in_both_panels() -> None:
    words = texts(picture())
    for name in ("Trunkline", "stock pipecat", "LiveKit Agents", "the floor"):
        assert sum(text.startswith(name) for text in words) == 2


def test_it_says_how_many_calls_each_subject_carries() -> None:
    words = texts(picture())
    assert words.count("15") == 1
    assert words.count("6") == 1
    assert "the floor, ≥ 120" in words


def test_the_same_run_gives_the_same_picture() -> None:
    assert picture() == picture()


def test_it_is_readable_on_a_dark_page() -> None:
    svg = picture()
    assert (
        f'@media (prefers-color-scheme: dark){{[style*="fill: {INK}"]{{fill:{DARK[INK]} !important}}' in svg
    )
    assert all(f": {colour}" in svg for colour in DARK if colour != "#0f766e")


def test_a_noisy_dot_is_hollow() -> None:
    loud = run([point("trunkline", 1), point("trunkline", 60, noise="5% of a core stolen")])
    quiet = run([point("trunkline", 1), point("trunkline", 60)])
    hollow = "fill: #ffffff; stroke: #0b62d6"
    assert hollow in picture(loud)
    assert hollow not in picture(quiet)


def test_little_is_drawn_of_little() -> None:
    silent = run([point("trunkline", 1), point("other", 3, cpu=0.0, reply=-4.0)])
    assert texts(picture(silent)).count("other") == 2


def test_labels_move_apart_about_their_middle() -> None:
    assert apart([]) == []
    assert apart([0.1, 0.9]) == [0.1, 0.9]
    assert apart([0.5, 0.5]) == pytest.approx([0.5 - LABEL_APART / 2, 0.5 + LABEL_APART / 2])
