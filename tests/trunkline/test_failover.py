"""Which stage stands in for several services, and what it knows of the call."""

from typing import Any

import pytest

from processors.llm_failover import LLMFailover
from tests.trunkline.office import bare_line, no_vendors
from trunkline.call import Call
from trunkline.records import Facts

FACTS = Facts(sid="CA" + "1" * 32, caller="+15550177", called="+15550100")


async def hours(call: Call) -> str:
    """When we are open."""
    return "always"


async def test_models_have_the_lines_tools_and_a_backup_is_built_when_it_is_needed() -> None:
    made = no_vendors()
    try:
        call = Call(FACTS, bare_line(tools=(hours,)), made)
        told: list[tuple[str, str]] = []
        call.failed_over = lambda *move: told.append(move)
        built: list[str] = []

        def backup() -> Any:
            built.append("backup")
            return call.openai(base_url="http://127.0.0.1:9/v1", model="b")

        stage = call.failover(call.openai(model="a"), backup)
        assert isinstance(stage, LLMFailover)
        assert built == []
        assert stage.services[0].has_function("hours")
        assert call.attend([call.input(), stage])[-1] is stage
        assert call.asides.entrance is stage
    finally:
        await made.close()


async def test_one_service_is_no_failover_and_neither_is_any_stage() -> None:
    made = no_vendors()
    try:
        call = Call(FACTS, bare_line(), made)
        with pytest.raises(ValueError, match="expected a second"):
            call.failover(call.openai())
        with pytest.raises(ValueError, match="expected a speech-to-text"):
            call.failover(call.output(), call.output())
    finally:
        await made.close()


async def test_another_server_has_one_client_a_process_and_never_our_key() -> None:
    made = no_vendors()
    try:
        other = made.openai_at("http://127.0.0.1:9/v1", "k")
        assert made.openai_at("http://127.0.0.1:9/v1", "k") is other
        assert made.openai_at("http://127.0.0.1:9/v1", "l") is not other
        assert made.openai_at("http://127.0.0.1:9/v1").sdk.api_key == "unset"
    finally:
        await made.close()
    assert other.sdk.is_closed()
