"""The model's tool: names for destinations, and no side effect that is done once and never again."""

import subprocess
import sys

from processors.tool_options import options_of
from processors.tools import schema
from tests.trunkline.office import bare_line
from trunkline.transfers.tool import NAME, transfer_tool
from trunkline.transfers.transfer import Transfer, Transfers

DESKS = Transfers(
    {"desk": Transfer(to="+15550123", description="everything\n else"), "doctor": Transfer(to="+15550124")}
)


def test_the_model_chooses_among_names_and_sees_no_number() -> None:
    (tool,) = schema([transfer_tool(DESKS)]).standard_tools
    assert tool.name == NAME
    assert tool.required == ["to"]
    assert tool.properties["to"]["enum"] == ["desk", "doctor"]
    assert tool.properties["to"]["description"] == "desk: everything else; doctor"
    assert "again" not in tool.properties
    assert "+1555" not in str(tool.to_default_dict())


def test_it_is_left_alone_by_a_caller_who_speaks_once_it_has_begun() -> None:
    options = options_of(transfer_tool(DESKS))
    assert options.is_kept
    assert not options.side_effects
    assert options.filler == ""


def test_a_line_has_it_once_and_may_have_one_of_its_own() -> None:
    line = bare_line(transfers=DESKS)
    assert [tool.__name__ for tool in line.tools] == [NAME]

    def transfer_call() -> str:
        """Ours."""
        return "done"

    assert bare_line(transfers=DESKS, tools=[transfer_call]).tools == [transfer_call]


def test_a_line_with_transfers_needs_no_pipecat() -> None:
    code = (
        "import sys\n"
        "from trunkline import Line\n"
        "from trunkline.transfers.transfer import Transfer\n"
        "Line(name='a', number='+15550100', greeting='Hi.', prompt='Be kind.',"
        " transfers={'desk': Transfer(to='+15550123')})\n"
        "print(sorted({'pipecat', 'numpy', 'twilio'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert run.stdout.strip() == "[]"
