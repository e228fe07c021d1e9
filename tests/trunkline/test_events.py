"""Watchers are told what happens, in order, and a slow one delays nobody."""

from trunkline.events import BACKLOG, CallerSaid, Event, Watchers


def said(text: str) -> CallerSaid:
    return CallerSaid(call="CA1", at=0.0, text=text)


async def test_nobody_watching_costs_nothing() -> None:
    watchers = Watchers()
    assert not watchers
    watchers.tell(said("into the void"))


async def test_each_watcher_gets_every_event_in_order() -> None:
    watchers = Watchers()
    with watchers.watching() as first, watchers.watching() as second:
        for word in ("one", "two"):
            watchers.tell(said(word))
        for events in (first, second):
            assert [(await anext(events)).text for _ in range(2)] == ["one", "two"]
    assert not watchers


async def test_a_slow_watcher_loses_the_oldest() -> None:
    watchers = Watchers()
    with watchers.watching() as events:
        for number in range(BACKLOG + 5):
            watchers.tell(said(str(number)))
        assert (await anext(events)).text == "5"


async def test_a_tap_is_told_at_once_and_is_no_watcher() -> None:
    watchers = Watchers()
    told: list[Event] = []
    watchers.tap(told.append)
    assert not watchers
    assert watchers.wanted
    watchers.tell(said("one"))
    with watchers.watching() as events:
        watchers.tell(said("two"))
        watchers.show(said("somebody else's"))
        assert [(await anext(events)).text for _ in range(2)] == ["two", "somebody else's"]
    assert told == [said("one"), said("two")]
