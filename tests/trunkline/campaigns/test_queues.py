"""Where DBOS keeps its queues."""

import pytest

from trunkline.campaigns.queues import address
from trunkline.errors import SettingsError
from trunkline.settings import load


@pytest.mark.parametrize(
    ("store", "given", "expected"),
    [
        ("sqlite+aiosqlite:///trunkline.db", None, "sqlite:///trunkline-campaigns.db"),
        ("sqlite+aiosqlite:////var/lib/t/calls.sqlite", None, "sqlite:////var/lib/t/calls-campaigns.sqlite"),
        ("postgresql+asyncpg://u:p@host/calls", None, "postgresql+psycopg://u:p@host/calls"),
        ("sqlite+aiosqlite:///trunkline.db", "postgresql://u@host/q", "postgresql+psycopg://u@host/q"),
        ("mysql+aiomysql://u@host/calls", "sqlite:///q.db", "sqlite:///q.db"),
    ],
)
def test_queues_are_beside_the_store_unless_told_otherwise(
    store: str, given: str | None, expected: str
) -> None:
    assert address(load(database_url=store, campaign_database_url=given)) == expected


def test_a_database_that_dbos_has_no_driver_for_is_refused() -> None:
    with pytest.raises(SettingsError, match="cannot queue their calls in mysql"):
        address(load(database_url="mysql+aiomysql://u@host/calls"))
    with pytest.raises(SettingsError, match="does not fit"):
        address(load(campaign_database_url="nonsense"))
