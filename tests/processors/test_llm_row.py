"""Who is asked next, and who is announced."""

from typing import Any

import pytest

from processors.circuit import Breaker
from processors.errors import VendorRefused
from processors.llm_row import ModelRow


class Model:
    """A stand-in that is built, or has failed to be."""

    is_built = True

    def __init__(self, name: str, failure: VendorRefused | None = None) -> None:
        self.provider = name
        self.breaker = Breaker(name)
        self.failure = failure

    async def build(self, *_: object) -> None: ...


@pytest.fixture
def models() -> list[Any]:
    return [Model("a"), Model("b"), Model("c")]


async def chosen(row: ModelRow, waiting: list[Any]) -> str:
    return (await row.choose(waiting, None, (), 0.0)).provider


async def test_they_are_asked_in_their_order_and_those_that_rest_are_left_out(models: list[Any]) -> None:
    models[0].breaker.failed(VendorRefused("a", "answered 401"), 0.0)
    row, waiting = ModelRow(models, lambda _: None), list(models)
    assert [await chosen(row, waiting) for _ in models] == ["b", "c", "a"]


async def test_one_that_could_not_be_built_is_chosen_to_be_told_so(models: list[Any]) -> None:
    models[0].failure = VendorRefused("a stand-in", "could not be built")
    assert await chosen(ModelRow(models, lambda _: None), list(models)) == "a"


def test_who_stands_in_is_announced_once_until_the_first_works_again(models: list[Any]) -> None:
    told: list[str] = []
    row = ModelRow(models, told.append)
    first, second, third = models
    for model in (first, second, first, second):
        row.leads(model)
    assert told == ["b"]
    row.leads(third)
    row.works(first)
    row.leads(second)
    assert told == ["b", "c", "b"]
    assert row.leader is second
