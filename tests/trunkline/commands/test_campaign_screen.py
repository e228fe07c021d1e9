"""How a campaign stands, on a terminal."""

import pytest
from rich.console import Console

from tests.trunkline.campaigns.people import NOON, campaign
from trunkline.campaigns.campaign import Campaign, State
from trunkline.campaigns.figures import Figures
from trunkline.commands import campaign_screen
from trunkline.commands.campaign_screen import WIDTH, card, listing


def text(campaign: Campaign, counted: Figures) -> list[str]:
    console = Console(width=200, record=True, color_system=None)
    with console.capture() as captured:
        console.print(card(campaign, counted))
    return captured.get().splitlines()


@pytest.mark.parametrize(
    "counted",
    [
        Figures(),
        Figures(contacts=10_000, done=1, waiting=9_999),
        Figures(contacts=7, done=3, live=2, waiting=2, again=1),
        Figures(contacts=3, done=3),
    ],
)
def test_a_bar_is_as_long_as_it_is(counted: Figures) -> None:
    bar = text(campaign(), counted)[1].split("  ")[0]
    assert len(bar) == (WIDTH if counted.contacts else 0)


def test_why_it_paused_is_said() -> None:
    shown = text(
        campaign(state=State.PAUSED, reason="check TWILIO_AUTH_TOKEN"), Figures(contacts=1, waiting=1)
    )
    assert "nobody was called yet" in shown[2]
    assert shown[4] == "It paused by itself: check TWILIO_AUTH_TOKEN"


def test_what_is_next_and_how_fast_it_goes() -> None:
    shown = text(campaign(), Figures(contacts=2, waiting=2, pace=0.5, next_at=NOON))
    assert "0.50 calls a second, next 04 Mar" in shown[3]


def test_off_a_terminal_only_changes_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    with campaign_screen.live() as screen:
        for done in (0, 0, 1):
            screen.show([(campaign(), Figures(contacts=2, done=done, attempts=done))])
    assert capsys.readouterr().out.count("\n") == 2


def test_a_list_has_a_row_for_each() -> None:
    assert listing([(campaign(), Figures()), (campaign(name="other"), Figures())]).row_count == 2
