"""The statements say the same to every database that may keep calls."""

import pytest
from sqlalchemy.dialects import mysql, postgresql, sqlite

from trunkline.calls.statements import Statements

DIALECTS = {"sqlite": sqlite, "postgresql": postgresql, "mysql": mysql, "mariadb": mysql}


@pytest.mark.parametrize(
    ("dialect", "stays", "counts"),
    [
        ("sqlite", "ON CONFLICT (sid) DO NOTHING", 'ON CONFLICT (call_sid, "index") DO UPDATE SET'),
        ("postgresql", "ON CONFLICT (sid) DO NOTHING", "ON CONFLICT (call_sid, index) DO UPDATE SET"),
        ("mysql", "INSERT IGNORE INTO calls", "ON DUPLICATE KEY UPDATE"),
        ("mariadb", "INSERT IGNORE INTO calls", "ON DUPLICATE KEY UPDATE"),
    ],
)
def test_a_call_stays_as_it_began_and_the_last_of_a_turn_counts(
    dialect: str, stays: str, counts: str
) -> None:
    statements, words = Statements(dialect), DIALECTS[dialect].dialect()
    assert stays in str(statements.begin.compile(dialect=words))
    turn = str(statements.turn.compile(dialect=words))
    assert counts in turn
    updated = turn.partition("UPDATE")[2]
    assert "agent" in updated
    assert "call_sid" not in updated


def test_an_unknown_database_is_refused() -> None:
    with pytest.raises(LookupError):
        Statements("oracle")
