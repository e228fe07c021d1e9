"""What Deepgram answers to text messages on a listening socket, transcripts aside."""

from collections.abc import Mapping
from typing import Any

from trunkline.sandbox.listen_query import ListenQuery

KEYTERM_TOKENS = 500
"""Keyterm tokens that fit; a word is taken for one."""

Reply = dict[str, Any]


def configure(order: Mapping[str, Any], query: ListenQuery, request_id: str) -> Reply:
    """To ``Configure``: another list of keyterms."""
    keyterms = order.get("keyterms", list(query.keyterms))
    if problem := _problem(keyterms, query):
        code, description = problem
        failure = {"type": "ConfigureFailure", "request_id": request_id}
        return {**failure, "code": code, "description": description}
    return {"type": "ConfigureSuccess", "request_id": request_id, "keyterms": keyterms}


def schema_error(text: str) -> Reply:
    """To a message that is none of those a client may send."""
    return {
        "type": "Error",
        "variant": "SchemaError",
        "description": "Could not deserialize last text message: unknown or malformed control message",
        "message": text,
    }


def metadata(query: ListenQuery, request_id: str, seconds: float) -> Reply:
    """To ``CloseStream``, behind the last results."""
    return {
        "type": "Metadata",
        "transaction_key": "deprecated",
        "request_id": request_id,
        "sha256": "0" * 64,
        "created": "2026-01-01T00:00:00.000Z",
        "duration": round(seconds, 3),
        "channels": query.channels,
    }


def _problem(keyterms: object, query: ListenQuery) -> tuple[str, str] | None:
    if not isinstance(keyterms, list) or not all(isinstance(term, str) for term in keyterms):
        return "CONFIGURE_INTERNAL_ERROR", "keyterms must be a list of strings"
    if keyterms and not query.model.startswith("nova-3"):
        return "CONFIGURE_KEYTERMS_NOT_SUPPORTED", f"model {query.model} does not support keyterms"
    if sum(len(term.split()) for term in keyterms) > KEYTERM_TOKENS:
        return "CONFIGURE_KEYTERM_LIMIT_EXCEEDED", f"keyterms exceed {KEYTERM_TOKENS} tokens"
    return None
