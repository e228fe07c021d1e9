"""How Deepgram refuses: the status, the ``dg-error`` header, and the body that repeats it."""

from collections.abc import Container
from uuid import uuid4

from aiohttp import web
from multidict import CIMultiDictProxy

CODES = {401: "INVALID_AUTH", 403: "INSUFFICIENT_PERMISSIONS", 429: "Too Many Requests"}
"""``err_code`` of a status; others call themselves by their HTTP name."""

SCHEMES = ("token", "bearer")
"""Of credentials. A browser names one as its first subprotocol and sends the key as the second."""


class Refusal(Exception):
    """Deepgram would not serve the request.

    Args:
        status: HTTP status.
        code: ``err_code`` of the body.
        message: ``err_msg`` of the body and the ``dg-error`` header.
    """

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message

    def response(self, request_id: str) -> web.Response:
        """The answer on the wire; ``request_id`` is in it twice."""
        body = {"err_code": self.code, "err_msg": self.message, "request_id": request_id}
        headers = {"dg-error": self.message, "dg-request-id": request_id}
        return web.json_response(body, status=self.status, headers=headers)


def refusal(status: int, message: str) -> Refusal:
    """A refusal with the code that goes with its status."""
    other = "Internal Server Error" if status >= 500 else "Bad Request"
    return Refusal(status, CODES.get(status, other), message)


def check_credentials(
    headers: CIMultiDictProxy[str], api_key: str | None, tokens: Container[str] | None
) -> None:
    """Whether a request may come in: ``Token <key>``, or ``Bearer <token>`` of a granted token.

    Args:
        headers: of the request.
        api_key: the one key that is valid; ``None`` takes any.
        tokens: granted short-lived tokens that are valid; ``None`` takes any that could be one.

    Raises:
        Refusal: 401. A key sent as Bearer is refused, too.
    """
    scheme, _, secret = headers.get("Authorization", "").partition(" ")
    if not scheme:
        scheme, secret = _subprotocol(headers.get("Sec-WebSocket-Protocol", ""))
    secret = secret.strip()
    if scheme.lower() == "token" and secret and api_key in (None, secret):
        return
    if scheme.lower() == "bearer" and (secret in tokens if tokens is not None else _could_be_granted(secret)):
        return
    raise refusal(401, "Invalid credentials.")


def _could_be_granted(token: str) -> bool:
    """Whether it looks like a JWT, three parts between dots; keys have none."""
    return token.count(".") == 2


def request_id() -> str:
    """An identifier as Deepgram gives one to each request."""
    return str(uuid4())


def _subprotocol(offered: str) -> tuple[str, str]:
    name, _, secret = offered.partition(",")
    return (name.strip(), secret) if name.strip() in SCHEMES else ("", "")
