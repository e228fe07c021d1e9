"""A survey: the files that answer and how, beside what keeps the others from it."""

from pathlib import Path

from tests.trunkline.conftest import CommandLine
from trunkline.settings import load
from trunkline.survey import survey


async def test_good_files_are_plans_and_bad_ones_errors(trunkline: CommandLine) -> None:
    trunkline.line("pipelines/a.py", "a", "+15550100")
    trunkline.line("pipelines/b.py", "b", "+15550100")
    trunkline.file("pipelines/c.py", "x = (")
    deaf = trunkline.line("pipelines/d.py", "d", "+15550101")
    deaf.write_text(deaf.read_text().replace("call.deepgram_stt(), ", ""))
    found = await survey([], load())
    assert [(path, plan.line.name) for path, plan in found.plans] == [(Path("pipelines/a.py"), "a")]
    assert [(error.path.stem, error.line) for error in found.wrong] == [("b", None), ("c", 1), ("d", None)]
    assert "speech-to-text" in found.wrong[2].message


async def test_a_folder_without_files_is_nothing(trunkline: CommandLine, tmp_path: Path) -> None:
    found = await survey([tmp_path], load())
    assert (found.plans, found.wrong) == ((), ())


async def test_a_plan_knows_stages_and_voices(trunkline: CommandLine) -> None:
    found = await survey([trunkline.line()], load())
    plan = found.plans[0][1]
    assert plan.stages == ("TwilioInput", "VAD", "DeepgramSTT", "AuraTTS", "TwilioOutput")
    assert plan.voices == ("aura-2-thalia-en",)
