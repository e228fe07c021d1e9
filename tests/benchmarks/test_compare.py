"""The judgement of a run: verdicts, exit codes, the baseline."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.compare import BASELINE, Judgement, Verdict, main
from benchmarks.figures import Figure
from benchmarks.files import Committed, read_baseline
from benchmarks.ratios import Measured, cpu
from benchmarks.result import Point, Run
from tests.benchmarks.runs import rounds, run, whole


def verdicts(
    value: float | None, committed: float | None = None, limit: float | None = None, *, noisy: bool = False
) -> tuple[Verdict, ...]:
    """Of a figure with a noise of 0.3 beside a ratio with a noise of 0.4."""
    found = None if value is None else Measured(value, 0.3, noisy)
    figure = Figure("cpu:stock", "CPU", found, limit=limit, committed=True)
    return Judgement(figure, None if committed is None else Committed(committed, 0.4)).verdicts


def test_a_limit_holds_up_to_the_limit() -> None:
    assert verdicts(10, limit=10) == (Verdict.HOLDS,)
    assert verdicts(10.1, limit=10) == (Verdict.OVER,)


def test_a_ratio_may_differ_from_the_committed_one_by_the_noise_of_both() -> None:
    assert verdicts(10.5, 10) == verdicts(9.5, 10) == (Verdict.SAME,)
    assert verdicts(10.6, 10) == (Verdict.WORSE,)
    assert verdicts(9.4, 10) == (Verdict.BETTER,)


def test_the_bad_news_is_not_hidden_behind_the_good() -> None:
    assert verdicts(10.6, 10, 20) == (Verdict.WORSE,)
    assert verdicts(10.6, 10, 5) == (Verdict.OVER, Verdict.WORSE)
    assert verdicts(10, 10, 20) == (Verdict.HOLDS, Verdict.SAME)


def test_noise_neither_passes_nor_fails() -> None:
    assert verdicts(99, 10, 20, noisy=True) == (Verdict.NOISY,)
    assert verdicts(1, 10, 20, noisy=True) == (Verdict.NOISY,)


def test_what_was_not_measured_is_not_judged() -> None:
    assert verdicts(None, 10, 20) == (Verdict.ABSENT,)
    assert verdicts(1) == (Verdict.PLAIN,)


@pytest.fixture
def baseline(tmp_path: Path) -> Path:
    """A baseline of the synthetic run."""
    path = tmp_path / "baseline.json"
    assert compare(whole(), path, "--accept") == 0
    return path


def compare(run: Run, baseline: Path, *options: str) -> int:
    """Exit code of the command."""
    path = baseline.with_name("bench.json")
    run.write(path)
    return main([str(path), "--baseline", str(baseline), *options])


def with_trunkline(points: list[Point]) -> Run:
    """The synthetic run with other points of ours with 60 calls."""
    others = [point for point in whole().points if (point.subject, point.calls) != ("trunkline", 60)]
    return run(points + others)


def test_the_run_that_is_committed_passes(baseline: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert compare(whole(), baseline) == 0
    out, err = capsys.readouterr()
    line = next(line for line in out.splitlines() if "stock pipecat, N=6" in line)
    assert " ".join(line.split()).endswith("N=6 0.091 ± 0.005 ≤ 0.125 0.091 holds, as committed")
    assert not err


def test_a_ratio_that_got_worse_is_named_with_what_to_do(
    baseline: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert compare(with_trunkline(rounds("trunkline", 60, 9.2, 44)), baseline) == 1
    err = capsys.readouterr().err
    assert (
        "CPU a call-second, N=60 : stock pipecat, N=6 got worse by more than the noise: "
        "found 0.105, committed 0.091, noise 0.007."
    ) in err
    assert "--accept" in err


def test_a_limit_that_is_exceeded_fails(baseline: Path, capsys: pytest.CaptureFixture[str]) -> None:
    baseline.write_text('{"version": 1, "ratios": {}}')
    assert compare(with_trunkline(rounds("trunkline", 60, 10.5, 44)), baseline) == 1
    assert "CPU a call-second, N=60 is 10.5 ms; the limit is 10 ms." in capsys.readouterr().err


def test_noise_alone_asks_to_repeat(baseline: Path, capsys: pytest.CaptureFixture[str]) -> None:
    loud = [replace(p, noise="11% of a core used by others") for p in rounds("trunkline", 60, 99, 44)]
    assert compare(with_trunkline(loud), baseline) == 2
    out, err = capsys.readouterr()
    assert "noisy: repeat" in out
    assert "CPU a call-second, N=60: all rounds were noisy. Repeat" in err
    assert compare(with_trunkline(loud + rounds("trunkline", 60, 8, 44)), baseline) == 0


def test_a_failure_outweighs_noise(baseline: Path) -> None:
    loud = [replace(p, noise="11% of a core used by others") for p in rounds("trunkline", 60, 8, 44)]
    broken = [replace(p, failures=["closed"]) for p in rounds("trunkline", 20, 8, 44)]
    slow = rounds("trunkline", 80, 8, 400)
    others = [p for p in whole().points if (p.subject, p.calls) not in (("trunkline", 60), ("trunkline", 80))]
    assert compare(run(loud + broken + slow + others), baseline) == 1


def test_a_subject_that_is_missing_does_not_fail(baseline: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert compare(run(p for p in whole().points if p.subject != "livekit"), baseline) == 0
    assert capsys.readouterr().out.count("not measured") == 1


def test_accepting_keeps_what_the_run_cannot_vouch_for(baseline: Path) -> None:
    before = read_baseline(baseline)
    slower_stock = [
        replace(p, cpu_ms_per_call_second=2 * cpu(p)) for p in whole().points if p.subject == "stock"
    ]
    loud_floor = [replace(p, noise="5% of a core stolen") for p in whole().points if p.subject == "floor"]
    ours = [p for p in whole().points if p.subject == "trunkline"]
    assert compare(run(ours + slower_stock + loud_floor), baseline, "--accept") == 2
    after = read_baseline(baseline)
    assert after["cpu:livekit"] == before["cpu:livekit"]
    assert after["cpu:floor"] == before["cpu:floor"]
    assert after["cpu:stock"].value == pytest.approx(before["cpu:stock"].value / 2, abs=1e-4)
    assert after.keys() == before.keys()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "Expecting property name"),
        ("[]", "no attribute"),
        ('{"version": 2}', "version 2"),
        ('{"version": 1, "points": []}', "'machine' is missing"),
        ('{"version": 1, "points": [{"subject": "stock"}]}', "missing"),
    ],
)
def test_a_file_that_is_no_result_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, reason: str
) -> None:
    path = tmp_path / "bench.json"
    path.write_text(text)
    assert main([str(path)]) == 2
    err = capsys.readouterr().err
    assert err.startswith(f"error: {path} is no benchmark result: ")
    assert reason in err
    assert err.count("\n") == 1


def test_a_missing_file_says_what_writes_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "bench.json")]) == 2
    assert capsys.readouterr().err.endswith(
        "bench.json does not exist; `make bench` measures and writes it.\n"
    )


def test_an_empty_run_and_a_missing_baseline_are_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert compare(run([]), tmp_path / "baseline.json") == 2
    assert "holds no points" in capsys.readouterr().err
    assert compare(whole(), tmp_path / "baseline.json") == 2
    assert "baseline.json does not exist; --accept writes it." in capsys.readouterr().err


def test_a_broken_baseline_is_not_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "baseline.json"
    path.write_text(json.dumps({"version": 1, "ratios": {"cpu:stock": {"values": 1}}}))
    before = path.read_text()
    assert compare(whole(), path, "--accept") == 2
    assert "is no baseline" in capsys.readouterr().err
    assert path.read_text() == before


def test_the_committed_baseline_can_be_read() -> None:
    assert isinstance(read_baseline(BASELINE), dict)
