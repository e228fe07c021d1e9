"""twilio-python, pointed at the sandbox."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from twilio.http.async_http_client import AsyncTwilioHttpClient  # type: ignore[import-untyped]
from twilio.rest import Client  # type: ignore[import-untyped]

from trunkline.sandbox.carrier import Carrier

QUIET = pytest.mark.filterwarnings("ignore:The 'auth' parameter is deprecated:DeprecationWarning")
"""twilio-python passes what aiohttp will not take in its next major version."""


@asynccontextmanager
async def client(carrier: Carrier, user: str = "", password: str = "") -> AsyncIterator[Any]:
    """The SDK's client, with the account's credentials or others."""
    http = AsyncTwilioHttpClient()
    twilio = Client(
        user or carrier.account_sid, password or carrier.auth_token, carrier.account_sid, http_client=http
    )
    twilio.api.base_url = carrier.base_url
    try:
        yield twilio
    finally:
        await http.close()
