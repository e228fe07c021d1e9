from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.panel.marks import Kind, Recording
from benchmarks.scorecard import NOT_MEANT, OURS, ROWS, STOCK, SWIFT, Line, Panel, Scorecard
from benchmarks.table import ledger, markdown, text
from tests.benchmarks.panel.channels import call, mark

GOOD = Panel(
    responses=[340.0, 350.0],
    yields=[200.0, 210.0],
    talked_over=[False, False],
    cut_off=[False],
    ignored={kind: [True] for kind in NOT_MEANT},
    dead_air_s=0.0,
    seconds=60.0,
    words_off=[0, 1],
)
POOR = Panel(
    responses=[700.0, None],
    yields=[400.0, None],
    talked_over=[True, False],
    cut_off=[True],
    ignored={kind: [False] for kind in NOT_MEANT},
    dead_air_s=6.0,
    seconds=60.0,
    words_off=[30, 40],
)


def card(ours: Panel = GOOD, swift: Panel = GOOD, stock: Panel = POOR) -> Scorecard:
    return Scorecard("2026-11-22T10:00:00+00:00", "a cpu", {OURS: ours, SWIFT: swift, STOCK: stock})


def line(name: str, found: Scorecard) -> Line:
    return next(line for line in found.lines if line.row.name == name)


def test_all_met_and_all_ahead_holds() -> None:
    assert card().holds
    assert not card(stock=GOOD).holds


def test_figures_are_percentiles_and_rates_of_events() -> None:
    recordings: list[Recording] = [
        call([(0, 1), (4.36, 9)], mark(Kind.TURN, 2, 4), mark(Kind.NOISE, 6, 6.5)),
        call([(0, 1), (4.3, 7), (9, 10)], mark(Kind.TURN, 2, 4), mark(Kind.NOISE, 6, 6.5)),
    ]
    found = card(ours=Panel.of(recordings, [0, 3], ["it rang"]))
    assert line("response latency, p50", found).cells[OURS].value == pytest.approx(330, abs=1)
    noise = line("noise ignored", found)
    assert (noise.cells[OURS].value, noise.cells[OURS].n) == (50, 2)
    assert noise.verdicts == [f"not met: {OURS} ≥ 95 %", "ahead of stock"]
    assert line("heard error, p50", found).cells[OURS].value == 1.5
    assert found.panels[OURS].failures == ["it rang"]


def test_a_limit_belongs_to_a_column() -> None:
    slow = replace(GOOD, yields=[300.0])
    found = line("yield latency, p95", card(ours=slow, swift=slow))
    assert found.verdicts == [f"met: {OURS} ≤ 450 ms", f"not met: {SWIFT} ≤ 250 ms", "ahead of stock"]


def test_our_yield_at_once_is_what_stocks_is_compared_with() -> None:
    found = line("yield latency, p50", card(ours=replace(GOOD, yields=[900.0])))
    assert found.verdicts == ["ahead of stock"]


def test_level_is_ahead_only_where_nothing_could_be_better() -> None:
    both = replace(POOR, talked_over=[False], dead_air_s=6.0)
    found = card(ours=replace(GOOD, dead_air_s=6.0), stock=both)
    over = line("agent talks over the caller", found)
    assert over.verdicts[-1] == "ahead of stock (both perfect)"
    assert line("dead air", found).verdicts == ["behind stock"]


def test_a_column_shows_only_the_rows_it_was_played_for_and_nothing_is_no_figure() -> None:
    table = text(card(ours=replace(GOOD, cut_off=[])))
    rows = {row.split("  ")[0]: row for row in table.splitlines()}
    assert rows["noise ignored"].split()[3:6] == ["100", "(1)", "–"]
    assert rows["false cut-offs"].split()[3:5] == ["–", "–"]


def test_a_ledger_that_is_wrong_or_missing_in_one_turn_does_not_hold() -> None:
    assert "off by 4.9 ms at most in 2 turns; met" in ledger(replace(card(), waterfall_off_ms=[1.0, -4.9]))
    assert not replace(card(), waterfall_off_ms=[5.1]).holds
    unknown = replace(card(), waterfall_off_ms=[1.0, None])
    assert not unknown.holds
    assert "missing in 1; not met" in ledger(unknown)
    assert ledger(card()) == "No waterfall was compared."


def test_it_is_kept_in_a_file(tmp_path: Path) -> None:
    found = replace(card(), waterfall_off_ms=[0.5, None])
    found.write(tmp_path / "some" / "card.json")
    assert Scorecard.read(tmp_path / "some" / "card.json") == found
    (tmp_path / "old.json").write_text('{"version": 0}')
    with pytest.raises(ValueError, match="version 0 of a scorecard, not 1"):
        Scorecard.read(tmp_path / "old.json")


def test_the_table_for_a_page_has_every_row() -> None:
    assert markdown(card()).count("\n") == len(ROWS) + 2
