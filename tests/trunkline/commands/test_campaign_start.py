"""``trunkline campaign start``: all is checked before anybody is called."""

import pytest

from tests.trunkline.conftest import CommandLine, Ran

LIST = "number,name\n(202) 555-0123,Ann\n2025550124,Bo\n"
SECOND = LIST.splitlines()[1]


def start(trunkline: CommandLine, *options: str, text: str = LIST, name: str = "recall") -> Ran:
    line = trunkline.line(number="+12025550100")
    people = trunkline.file("people.csv", text)
    return trunkline("campaign", "start", name, "--line", str(line), "--contacts", str(people), *options)


def test_a_check_says_what_would_be_done_and_does_nothing(trunkline: CommandLine) -> None:
    ran = start(trunkline, "--check", "--rate", "0.5", "--retry", "busy=1@5m")
    assert ran.code == 0, ran.err
    assert "2 to be called" in ran.out
    assert "0.5 calls a second, 10 at once" in ran.out
    assert "busy 1 × after 5 min" in ran.out
    assert "No campaigns yet" in trunkline("campaign", "status").out


def test_bad_rows_are_named_and_nobody_is_called(trunkline: CommandLine) -> None:
    ran = start(trunkline, "--detach", text=f"{LIST}12,Cy\n,Di\n{SECOND}\n")
    assert ran.code == 1
    assert "row 4: '12' is a number that nobody can have" in ran.err
    assert "row 5: no number" in ran.err
    assert "2 rows cannot be called" in ran.err
    assert "1 left out: the number stands above" in ran.out
    assert "No campaigns yet" in trunkline("campaign", "status").out


def test_bad_rows_may_be_left_out(trunkline: CommandLine) -> None:
    ran = start(trunkline, "--detach", "--skip-bad", text=f"{LIST}12,Cy\n")
    assert ran.code == 0, ran.err
    assert "`trunkline serve` of line desk calls them" in ran.out
    assert "0 of 2 done" in trunkline("campaign", "status", "recall").out


def test_a_name_is_given_once(trunkline: CommandLine) -> None:
    assert start(trunkline, "--detach").code == 0
    ran = start(trunkline, "--detach")
    assert ran.code == 1
    assert "there is a campaign 'recall': `trunkline campaign resume recall` goes on with it" in ran.err


def test_a_table_is_a_list(trunkline: CommandLine) -> None:
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect("clinic.db")) as database:
        database.execute("CREATE TABLE patients (phone TEXT, name TEXT)")
        database.execute("INSERT INTO patients VALUES ('202 555 0123', 'Ann')")
        database.commit()
    line = trunkline.line(number="+12025550100")
    where = ("--database", "sqlite+aiosqlite:///clinic.db", "--number-column", "phone")
    ran = trunkline(
        "campaign", "start", "recall", "--line", str(line), "--table", "patients", *where, "--check"
    )
    assert ran.code == 0, ran.err
    assert "1 to be called" in ran.out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--rate", "0"), "rate=0.0; expected calls a second, more than 0"),
        (("--at-once", "0"), "at_once=0; expected calls, 1 or more"),
        (("--retry", "busy"), "'busy'; expected OUTCOME=TIMES@AFTER"),
        (("--attempts", "0"), "attempts=0; expected 1 or more"),
        (("--table", "patients"), "whom to call? expected --contacts FILE, or --table TABLE"),
        (("--number-column", "phone"), "no column 'phone' among 'number', 'name'"),
    ],
)
def test_what_does_not_fit_is_one_clear_error(
    trunkline: CommandLine, options: tuple[str, ...], said: str
) -> None:
    ran = start(trunkline, "--detach", *options)
    assert ran.code == 1
    assert said in ran.err


def test_a_name_that_does_not_fit_is_refused(trunkline: CommandLine) -> None:
    assert "expected lower-case letters" in start(trunkline, "--detach", name="Spring Recall").err


def test_an_empty_list_is_refused(trunkline: CommandLine) -> None:
    assert "nobody is left to be called" in start(trunkline, "--detach", text="number\n").err


def test_without_keys_nothing_is_kept(trunkline: CommandLine) -> None:
    ran = start(trunkline)
    assert ran.code == 2
    assert "TWILIO_ACCOUNT_SID" in ran.err
    assert "No campaigns yet" in trunkline("campaign", "status").out


def test_the_carrier_must_know_where_we_are(trunkline: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TWILIO_AUTH_TOKEN", "DEEPGRAM_API_KEY", "OPENAI_API_KEY", "TWILIO_ACCOUNT_SID"):
        monkeypatch.setenv(name, "x")
    ran = start(trunkline)
    assert ran.code == 2
    assert "TRUNKLINE_PUBLIC_URL is not set" in ran.err


def test_resume_goes_on_unless_it_is_done(trunkline: CommandLine) -> None:
    assert "no campaign is called 'recall'" in trunkline("campaign", "resume", "recall").err
    start(trunkline, "--detach")
    assert trunkline("campaign", "pause", "recall").code == 0
    ran = trunkline("campaign", "resume", "recall", "--detach")
    assert ran.code == 0
    assert "running" in trunkline("campaign", "list").out
