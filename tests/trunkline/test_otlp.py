"""Spans reach a collector over HTTP; one that is not there costs nobody anything."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from trunkline import events, otlp, settings
from trunkline.errors import SettingsError
from trunkline.otlp import check, exporter, headers

CALL = (
    events.CallStarted(call="CA1", at=1.0, line="desk"),
    events.CallEnded(call="CA1", at=2.0, outcome="completed", reason=""),
)


def configured(**values: str) -> settings.Settings:
    return settings.load(_env_file=None, **values)


class Collector:
    """Keeps what it is sent."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, str | None]] = []
        """Path, and the key."""
        self.services: list[str] = []
        self.spans: list[Span] = []

    async def take(self, request: web.Request) -> web.Response:
        sent = ExportTraceServiceRequest.FromString(await request.read())
        self.requests.append((request.path, request.headers.get("api-key")))
        for resource in sent.resource_spans:
            self.services += [
                a.value.string_value for a in resource.resource.attributes if a.key == "service.name"
            ]
            self.spans += [span for scope in resource.scope_spans for span in scope.spans]
        return web.Response(content_type="application/x-protobuf")


@asynccontextmanager
async def collecting() -> AsyncIterator[tuple[Collector, str]]:
    collector = Collector()
    app = web.Application()
    app.router.add_post("/{path:.*}", collector.take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield collector, "http://{}:{}".format(*runner.addresses[0][:2])
    finally:
        await runner.cleanup()


@pytest.mark.parametrize("variable", ["TRUNKLINE_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"])
def test_spans_arrive_at_the_collector_by_the_time_the_process_stops(variable: str) -> None:
    asyncio.run(_arrive(variable))  # a thread sends them, in real time


async def _arrive(variable: str) -> None:
    async with collecting() as (collector, url):
        made = exporter(
            configured(
                **{variable: url},
                OTEL_EXPORTER_OTLP_HEADERS="api-key=s3%20cret",
                OTEL_SERVICE_NAME="phones",
            )
        )
        assert made is not None
        for event in CALL:
            made.tell(event)
        await made.close()
        assert collector.requests == [("/v1/traces", "s3 cret")]
        assert [span.name for span in collector.spans] == ["conversation"]
        assert collector.services == ["phones"]


def test_a_collector_that_is_not_there_holds_up_neither_calls_nor_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(otlp, "CLOSE_LIMIT", 0.2)
    asyncio.run(_nobody_there())


async def _nobody_there() -> None:
    loop = asyncio.get_running_loop()
    made = exporter(configured(TRUNKLINE_OTLP_ENDPOINT="http://127.0.0.1:9"))
    assert made is not None
    began = loop.time()
    for event in CALL * 1000:
        made.tell(event)
    assert loop.time() - began < 1.0
    began = loop.time()
    await made.close()
    assert loop.time() - began < 1.0


async def test_without_an_endpoint_there_are_no_spans() -> None:
    assert exporter(configured()) is None


async def test_without_opentelemetry_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    asking = configured(TRUNKLINE_OTLP_ENDPOINT="http://127.0.0.1:4318")
    for asked in (check, exporter):
        with pytest.raises(SettingsError, match=r"trunkline\[tracing\]"):
            asked(asking)
    check(configured())


def test_headers_are_names_and_values() -> None:
    assert headers("") == {}
    assert headers("Api-Key=abc%3D, x=1,") == {"api-key": "abc=", "x": "1"}


def test_headers_that_are_none_are_an_error_that_keeps_the_secret() -> None:
    with pytest.raises(SettingsError, match="name=value") as error:
        headers("s3cret")
    assert "s3cret" not in str(error.value)
