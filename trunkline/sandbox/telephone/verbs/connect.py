"""``<Connect>``: the call's sound goes to a media server until that closes the stream."""

from collections.abc import Mapping

from trunkline.sandbox.telephone.interruption import CallOver, Interruption, Source, undisturbed
from trunkline.sandbox.telephone.resource import new_sid
from trunkline.sandbox.telephone.stream import Stream
from trunkline.sandbox.telephone.stream_socket import HandshakeFailed
from trunkline.sandbox.telephone.verbs.step import SCHEMA_WARNING, Step
from trunkline.sandbox.telephone.webhooks import Ask

INVALID_TRACK = 31941

PARAMETER_LIMIT = 500
"""Characters of a parameter's name and value together, which must stay below it (Twilio: TwiML Stream)."""

WEBSOCKET = {"http:": "ws:", "https:": "wss:"}


async def connect(step: Step) -> Source | None:
    """Stream until somebody ends it, then ask ``action``, or go on with the next verb."""
    streams = step.verb.all("Stream")
    if not streams:
        step.phone.warn(SCHEMA_WARNING, "<Connect> without a <Stream>; the sandbox has no other noun")
        return None
    try:
        await _stream(step.of(streams[0]))
    except CallOver:
        # The action is asked although nothing can come of it: it says CallStatus=completed.
        await _deliver_action(step)
        raise
    return step.action({})


async def _stream(step: Step) -> None:
    sid, phone = new_sid("MZ"), step.phone
    try:
        stream = await phone.live(_open(step, sid))
    except HandshakeFailed as failure:
        phone.warn(failure.code, str(failure))
        _tell(step, sid, "stream-error", f"{failure.code} {failure}")
        return
    _tell(step, sid, "stream-started")
    try:
        end = await phone.live(undisturbed(stream.ended))
    except Interruption:
        await stream.stop()
        await stream.ended
        _tell(step, sid, "stream-stopped")
        raise
    # An error of the network is one; that the server closed is the way to end a stream.
    broken = end.error and end.by != "server"
    _tell(step, sid, "stream-error" if broken else "stream-stopped", str(end.error) if broken else "")


async def _open(step: Step, sid: str) -> Stream:
    """
    Raises:
        HandshakeFailed: the noun is not legal, or the server does not take the stream.
    """
    if step.verb.get("track", "inbound_track") != "inbound_track":
        raise HandshakeFailed(INVALID_TRACK, "<Connect> takes the inbound_track only")
    return await step.phone.connect_stream(_url(step), _parameters(step), stream_sid=sid)


def _url(step: Step) -> str:
    """The stream's URL as it stands there; a relative one is made absolute, and a WebSocket's."""
    written = step.verb.get("url")
    if "://" in written:
        return written
    url = step.document.resolve(written)
    scheme, colon, rest = url.partition(":")
    return WEBSOCKET.get(scheme + colon, scheme + colon) + rest


def _parameters(step: Step) -> Mapping[str, str]:
    parameters = {noun.get("name"): noun.get("value") for noun in step.verb.all("Parameter")}
    for name, value in parameters.items():
        if len(name) + len(value) >= PARAMETER_LIMIT:
            step.phone.warn(SCHEMA_WARNING, f"<Parameter> {name!r} has {PARAMETER_LIMIT} characters or more")
    return parameters


def _tell(step: Step, sid: str, event: str, error: str = "") -> None:
    """Tell the stream's own status callback."""
    phone, url = step.phone, step.url("statusCallback")
    if not url:
        return
    call = phone.call
    params = {
        "AccountSid": call.account_sid,
        "CallSid": call.sid,
        "StreamSid": sid,
        "StreamName": step.verb.get("name", sid),
        "StreamEvent": event,
        "Timestamp": call.wall(phone.exchange.now).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }
    if error:
        params["StreamError"] = error
    method = step.verb.get("statusCallbackMethod", "POST").upper()
    phone.spawn(phone.deliver(Ask("stream", url, params, method)))


async def _deliver_action(step: Step) -> None:
    ask = step.action({})
    if ask is not None:
        await step.phone.deliver(ask)
