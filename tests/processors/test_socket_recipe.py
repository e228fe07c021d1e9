"""Sockets that do for one another, and those that do not."""

from processors.socket_recipe import Recipe
from tests.processors.listening import deepgram, ears
from trunkline.sandbox.flux import FluxEmulator
from trunkline.sandbox.listen import ListenEmulator

OPTIONS = {"model": "nova-3", "encoding": "mulaw", "sample_rate": 8000, "keyterm": ["Anna", "Baker"]}


def test_the_order_of_options_does_not_matter_but_everything_else_does() -> None:
    recipe = Recipe.of("listen", OPTIONS)
    assert recipe == Recipe.of("listen", dict(reversed(OPTIONS.items())))
    assert {recipe: 1}[Recipe.of("listen", dict(OPTIONS))] == 1
    assert recipe != Recipe.of("speak", OPTIONS)
    assert recipe != Recipe.of("listen", {**OPTIONS, "keyterm": ["Anna"]})
    assert recipe != Recipe.of("listen", {**OPTIONS, "sample_rate": 16000})


def test_options_that_are_no_json_are_compared_as_they_are_written() -> None:
    assert Recipe.of("listen", {"language": 1j}) == Recipe.of("listen", {"language": 1j})
    assert Recipe.of("listen", {"language": 1j}) != Recipe.of("listen", {"language": 2j})


async def test_a_socket_is_opened_with_the_options() -> None:
    emulator = ListenEmulator(ears)
    async with deepgram(emulator) as client:
        socket = await Recipe.of("listen", OPTIONS).open(client)
        await socket.close()
        query = emulator.requests[0].query
        assert ("model", "nova-3") in query
        assert [value for name, value in query if name == "keyterm"] == ["Anna", "Baker"]


async def test_flux_is_another_protocol_whose_sockets_cannot_wait() -> None:
    flux = {"model": "flux-general-en", "encoding": "mulaw", "sample_rate": 8000}
    recipe = Recipe.of("listen", flux, 2)
    assert recipe != Recipe.of("listen", flux)
    assert not recipe.can_wait
    assert Recipe.of("listen", OPTIONS).can_wait
    assert Recipe.of("speak", OPTIONS).can_wait
    emulator = FluxEmulator(ears)
    async with deepgram(emulator) as client:
        socket = await recipe.open(client)
        await socket.close()
        assert dict(emulator.requests[0].query)["model"] == "flux-general-en"
