"""Spans to a collector, by OTLP over HTTP: gathered, and sent by one thread of the process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from typing import TYPE_CHECKING
from urllib.parse import unquote

from trunkline.errors import SettingsError
from trunkline.settings import Settings, reveal

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

    from trunkline.events import Event

EXPORT_LIMIT = 5.0
"""Seconds in which a collector has to take what it is sent."""

CLOSE_LIMIT = 3.0
"""Seconds in which what is left is sent when the process stops."""

EVERY = 2.0
"""Seconds for which spans are gathered."""

MISSING = (
    "TRUNKLINE_OTLP_ENDPOINT (or OTEL_EXPORTER_OTLP_ENDPOINT) asks for traces, and OpenTelemetry is not "
    'installed: pip install "trunkline[tracing]", or unset the variable'
)


class Exporter:
    """Sends the spans of a process to a collector. Never waits for it, and drops what it cannot send.

    Args:
        provider: its spans.
    """

    def __init__(self, provider: TracerProvider) -> None:
        from trunkline.tracing import Tracing

        self._provider = provider
        self.tell: Callable[[Event], None] = Tracing(provider.get_tracer("trunkline")).tell
        """Makes spans of an event."""

    async def close(self) -> None:
        """Send what is left; gives up on a collector that does not take it."""
        # No executor's thread: asyncio would wait for that one, however long it takes.
        sent, loop = asyncio.Event(), asyncio.get_running_loop()
        Thread(target=self._shut_down, args=(loop, sent), name="traces", daemon=True).start()
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_LIMIT):
                await sent.wait()

    def _shut_down(self, loop: asyncio.AbstractEventLoop, sent: asyncio.Event) -> None:
        self._provider.shutdown()
        with suppress(RuntimeError):  # the loop is over: nobody waits any more
            loop.call_soon_threadsafe(sent.set)


def check(settings: Settings) -> None:
    """Raises:
    SettingsError: they ask for traces, and OpenTelemetry is not installed, or the headers are no list.
    """
    if _endpoint(settings) is None:
        return
    headers(reveal(settings.otel_headers))
    try:
        import opentelemetry.exporter.otlp.proto.http.trace_exporter
        import opentelemetry.sdk.trace.export  # noqa: F401
    except ImportError:
        raise SettingsError(MISSING) from None


def exporter(settings: Settings) -> Exporter | None:
    """As the settings have it; None if they ask for no traces.

    Raises:
        SettingsError: as :func:`check` says.
    """
    endpoint = _endpoint(settings)
    if endpoint is None:
        return None
    check(settings)
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    # The endpoint is the collector's; each kind of signal has its path there (OTLP/HTTP).
    sends = OTLPSpanExporter(
        endpoint=f"{endpoint}/v1/traces", headers=headers(reveal(settings.otel_headers)), timeout=EXPORT_LIMIT
    )
    resource = Resource.create({"service.name": settings.otel_service_name})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(sends, schedule_delay_millis=1000 * EVERY))
    return Exporter(provider)


def _endpoint(settings: Settings) -> str | None:
    return settings.otlp_endpoint or settings.otel_endpoint


def headers(text: str) -> dict[str, str]:
    """``name=value,...``, values percent-encoded (OpenTelemetry: OTEL_EXPORTER_OTLP_HEADERS).

    Raises:
        SettingsError: it is something else; the text stays secret.
    """
    found = {}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        name, equals, value = pair.partition("=")
        if not equals or not name.strip():
            raise SettingsError("OTEL_EXPORTER_OTLP_HEADERS does not fit; expected name=value, name=value, …")
        found[name.strip().lower()] = unquote(value.strip())
    return found
