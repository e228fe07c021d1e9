"""Whether a request is Twilio's: ``X-Twilio-Signature`` over the URL that Twilio was given.

Behind a proxy that URL is not the one that reaches us. A signature that fits any of the URLs under which we
may be known is Twilio's: none can be made without the auth token.
"""

from collections.abc import Iterator
from urllib.parse import urlsplit

from aiohttp import web
from multidict import MultiMapping
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from trunkline.errors import RequestRefused
from trunkline.server.twiml import LIMITS

HEADER = "X-Twilio-Signature"


class Gatekeeper:
    """Lets Twilio's requests through.

    Args:
        auth_token: of the account that owns the number.
        public_url: ``https://…`` under which Twilio reaches us; None takes each request's word for it.
    """

    def __init__(self, auth_token: str, public_url: str | None = None) -> None:
        self._validator = RequestValidator(auth_token)
        self._public_url = public_url

    def check(self, request: web.BaseRequest, form: MultiMapping[str] | None = None) -> None:
        """Check a webhook (with its form), or the handshake of a stream (without).

        Raises:
            RequestRefused: the signature is missing or does not fit.
        """
        signature = request.headers.get(HEADER)
        if not signature:
            raise RequestRefused(f"no {HEADER}: only Twilio may call this URL")
        for url in self._urls(request):
            if self._validator.validate(url, form if form is not None else {}, signature):
                return
        raise RequestRefused(
            f"{HEADER} does not fit: check TWILIO_AUTH_TOKEN, and that TRUNKLINE_PUBLIC_URL is the "
            f"address that Twilio was given (this request came for {self.origin(request)})"
        )

    def origin(self, request: web.BaseRequest) -> str:
        """``scheme://host`` under which this request reached us, proxies considered."""
        if self._public_url:
            return self._public_url
        scheme = _first(request.headers.get("X-Forwarded-Proto")) or request.scheme
        host = _first(request.headers.get("X-Forwarded-Host")) or request.host
        return f"{scheme.replace('ws', 'http', 1) if scheme.startswith('ws') else scheme}://{host}"

    def stream_url(self, request: web.BaseRequest, path: str) -> str:
        """Where a stream connects: ``wss://…``, or ``ws://…`` when we are reached in the clear."""
        return self.origin(request).replace("http", "ws", 1) + path

    def _urls(self, request: web.BaseRequest) -> Iterator[str]:
        path = request.raw_path
        origins = dict.fromkeys((self.origin(request), f"{request.scheme}://{request.host}"))
        upgrade = request.headers.get("Upgrade", "").lower() == "websocket"
        for origin in origins:
            parts = urlsplit(origin)
            # Twilio signs a handshake over the wss:// URL as it stands in the TwiML.
            schemes = ("wss", "ws", "https", "http") if upgrade else (parts.scheme, "https", "http")
            for scheme in dict.fromkeys(schemes):
                url = f"{scheme}://{parts.netloc}{parts.path}{path}"
                yield url
                # A slash behind a stream's URL has been seen; whether limits are signed is not documented.
                yield url + ("/" if upgrade else LIMITS)


def _first(header: str | None) -> str | None:
    """The first hop of a forwarding header: the one nearest to Twilio."""
    return header.split(",")[0].strip() if header else None
