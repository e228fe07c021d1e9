"""The page about capacity: its figures come from a run, the rest stays as it was written."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.capacity import DOCS, PART, main, parts, points, rewritten, sentence
from benchmarks.files import UnreadableError
from tests.benchmarks.runs import point, rounds, run, whole

PAGE = (DOCS / "capacity.md").read_text()


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    """A copy of the page in a folder of its own."""
    (tmp_path / "capacity.md").write_text(PAGE)
    whole().write(tmp_path / "bench.json")
    return tmp_path


def written(docs: Path) -> str:
    assert main([str(docs / "bench.json"), "--docs", str(docs)]) == 0
    return (docs / "capacity.md").read_text()


def test_the_page_is_rewritten_between_its_markers_only(docs: Path) -> None:
    page = written(docs)
    assert PART.sub("", page) == PART.sub("", PAGE)
    assert "| stock pipecat | 6 | 88 ± 2 |" in page


def test_rewriting_twice_changes_nothing(docs: Path) -> None:
    page, picture = written(docs), (docs / "capacity.svg").read_text()
    assert written(docs) == page
    assert (docs / "capacity.svg").read_text() == picture


def test_another_run_replaces_the_figures_of_the_first(docs: Path) -> None:
    written(docs)
    run(rounds("trunkline", 1, 5, 20)).write(docs / "bench.json")
    page = written(docs)
    assert "| Trunkline | 1 | 5.0 ± 0.1 |" in page
    assert "| stock pipecat | 6 |" not in page


def test_a_page_without_a_marker_is_left_alone(docs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (docs / "capacity.md").write_text("# Capacity\n")
    assert main([str(docs / "bench.json"), "--docs", str(docs)]) == 2
    assert "no markers for machine, plot, points, ratios, sentence" in capsys.readouterr().err
    assert (docs / "capacity.md").read_text() == "# Capacity\n"
    assert not (docs / "capacity.svg").exists()


def test_a_part_is_put_in_its_own_place() -> None:
    page = "a\n<!-- figures: one -->\nold\n<!-- /figures -->\nb\n<!-- figures: two -->\n<!-- /figures -->\n"
    assert rewritten(page, {"one": "1\n", "two": "2\n"}) == page.replace("old", "1").replace(
        "two -->\n", "two -->\n2\n"
    )
    with pytest.raises(UnreadableError, match="three"):
        rewritten(page, {"three": "3\n"})


def test_the_sentence_says_what_a_core_carries() -> None:
    assert sentence(whole()) == (
        "Before the p95 reply comes 100 ms later than with one call, one core carries "
        "**100 calls** of Trunkline (8.1 ms), **6 calls** of stock pipecat (88 ms) and "
        "**15 calls** of LiveKit Agents (29 ms); in brackets the CPU time of a call-second."
    )


def test_the_sentence_does_not_claim_what_was_not_measured() -> None:
    assert sentence(run([point("trunkline", 60)])) == ""
    loud = replace(point("trunkline", 20), noise="5% of a core stolen")
    assert sentence(run([point("trunkline", 1), loud])) == ""


def test_a_row_of_noisy_rounds_is_marked() -> None:
    table = points(run([point("floor", 1, noise="5% of a core stolen")]))
    assert "| the floor | 1\\* | 8.0 | – |" in table
    assert table.endswith("\n\\* Every round was noisy.\n")
    assert "\\*" not in points(run([point("floor", 1)]))


def test_neither_addresses_nor_reasons_get_into_the_page() -> None:
    private = replace(
        point("floor", 60), failures=["http://127.0.0.1:40101/v1 refused"], noise="/usr/bin/other took a core"
    )
    text = "".join(parts(run([private])).values())
    assert not re.search(r"://|/usr|127\.0", text)


def test_every_section_is_there() -> None:
    assert re.findall(r"^## (.*)$", PAGE, flags=re.M) == [
        "In one sentence",
        "Figures",
        "How it is measured",
        "Where the time went",
        "Sizing",
    ]
