from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from benchmarks import conversation
from benchmarks.capacity import DOCS, PART
from benchmarks.conversation import casts, main
from benchmarks.conversation_page import main as write_page
from benchmarks.panel.marks import Kind, Mark
from benchmarks.performance import Cast, Performance
from benchmarks.scorecard import OURS, STOCK, SWIFT, Scorecard
from benchmarks.stage import Take
from benchmarks.subject import SubjectMissing
from tests.benchmarks.panel.channels import Spans, channel, mark
from trunkline.sandbox.telephone.resource import new_sid

MARKS: tuple[Mark, ...] = (
    mark(Kind.TURN, 2, 4, paused=True),
    mark(Kind.NOISE, 6, 6.5),
    mark(Kind.BACKCHANNEL, 8, 8.5),
    mark(Kind.SIDE_SPEECH, 10, 11),
    mark(Kind.INTERRUPTION, 13, 15),
)


def take(agent: Spans) -> Take:
    caller = channel([(mark.start, mark.end) for mark in MARKS])
    return Take("test", new_sid("CA"), 100.0, caller, channel(agent), MARKS, ())


GOOD = take([(0, 1), (4.3, 13.2), (15.3, 17)])
POOR = take([(0, 1), (3.5, 6.3), (7.5, 8.4), (9, 10.3), (12, 14), (16, 17)])


async def subject(
    kind: str, parts: Sequence[Cast], say: Callable[[str], None], arguments: Sequence[str] = ()
) -> list[Performance]:
    """Trunkline at its best, and stock at its worst."""
    if kind == "stock":
        return [Performance("stock", [POOR], [20], ["it grumbled"], 12.0)]
    assert arguments[0] == "--conversation"
    return [Performance(part.name, [GOOD], [0], (), 1.0) for part in parts]


@pytest.fixture(autouse=True)
def fake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversation, "perform", subject)
    monkeypatch.setattr(conversation, "differences", lambda store, takes: [0.5 for _ in takes])


def test_a_run_prints_its_table_and_keeps_its_result(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--json", str(tmp_path / "card.json")]) == 0
    shown = capsys.readouterr().out
    assert "response latency, p50" in shown
    assert "off by 0.5 ms at most in 2 turns; met" in shown
    assert "stock: NOISY, the load generator ran 12 ms late (p99)" in shown
    assert "trunkline vad: NOISY" not in shown
    assert "stock: 1 complaints, first of all: it grumbled" in shown
    card = Scorecard.read(tmp_path / "card.json")
    assert list(card.panels) == [OURS, SWIFT, STOCK]


def test_a_limit_that_is_missed_is_the_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    async def poor(kind: str, *_: object) -> list[Performance]:
        return [Performance(OURS if kind == "trunkline" else STOCK, [POOR], [20], (), 1.0)]

    monkeypatch.setattr(conversation, "perform", poor)
    assert main([]) == 1


def test_a_subject_that_is_not_installed_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def missing(*_: object) -> list[Performance]:
        raise SubjectMissing("stock skipped; install it with: make bench-peers")

    monkeypatch.setattr(conversation, "perform", missing)
    assert main(["--subject", "stock"]) == 3
    assert "make bench-peers" in capsys.readouterr().err


def test_the_first_policy_plays_everything_and_another_one_interruptions() -> None:
    first, second = casts("trunkline", ["vad", "words(1)"], quick=False)
    assert (first.name, len(first.dialogues)) == (SWIFT, 16)
    assert (second.name, len(second.dialogues)) == (OURS, 10)
    assert first.number != second.number
    (stock,) = casts("stock", ["vad"], quick=True)
    assert (stock.name, len(stock.dialogues), stock.at_once) == (STOCK, 4, 4)


def test_help_has_examples(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    assert "python -m benchmarks.conversation --quick" in capsys.readouterr().out


def test_the_page_is_rewritten_between_its_markers_only(tmp_path: Path) -> None:
    original = (DOCS / "conversation.md").read_text()
    (tmp_path / "conversation.md").write_text(original)
    main(["--json", str(tmp_path / "card.json")])
    assert write_page([str(tmp_path / "card.json"), "--docs", str(tmp_path)]) == 0
    page = (tmp_path / "conversation.md").read_text()
    assert PART.sub("", page) == PART.sub("", original)
    assert "stock: NOISY" in page
    assert (
        "| noise ignored | % | 100 (1) | – | 0.0 (1) | met: trunkline words(1) ≥ 95 %; ahead of stock |"
        in page
    )


@pytest.mark.parametrize(
    ("content", "complaint"),
    [(None, "does not exist; `make conversation`"), ("{}", "no scorecard: version None")],
)
def test_a_page_needs_a_scorecard(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str | None, complaint: str
) -> None:
    (tmp_path / "conversation.md").write_text("# Conversation\n")
    if content is not None:
        (tmp_path / "card.json").write_text(content)
    assert write_page([str(tmp_path / "card.json"), "--docs", str(tmp_path)]) == 2
    assert complaint in capsys.readouterr().err
