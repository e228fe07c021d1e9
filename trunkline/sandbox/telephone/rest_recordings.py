"""The Recording resource over REST: start, pause, stop, look up, fetch."""

from aiohttp import web

from trunkline.sandbox.telephone.exchange import Exchange
from trunkline.sandbox.telephone.phone import Phone
from trunkline.sandbox.telephone.recordings import Recording
from trunkline.sandbox.telephone.rest_answers import NOT_IN_PROGRESS, invalid, not_found, page

CURRENT = "Twilio.CURRENT"
"""Stands for the SID of the recording that is going on."""

STATUSES = ("in-progress", "paused", "stopped")

BAD_PARAMETER = 20001


class RecordingRoutes:
    """``/Recordings`` of an account and of its calls."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def routes(self, account: str) -> list[web.RouteDef]:
        of_call = account + "/Calls/{call}/Recordings"
        return [
            web.post(f"{of_call}.json", self._start),
            web.get(f"{of_call}.json", self._list),
            web.get(of_call + "/{sid}.json", self._fetch),
            web.post(of_call + "/{sid}.json", self._update),
            web.get(f"{account}/Recordings.json", self._list),
            web.get(account + "/Recordings/{sid}.json", self._fetch),
            web.get(account + "/Recordings/{sid}.wav", self._sound),
            web.get(account + "/Recordings/{sid}", self._sound),
        ]

    async def _start(self, request: web.Request) -> web.Response:
        phone, form = self._phone(request), await request.post()
        if phone.status != "in-progress":
            raise NOT_IN_PROGRESS
        recording = Recording(
            phone=phone,
            source="StartCallRecordingAPI",
            channels=2 if form.get("RecordingChannels", "mono") == "dual" else 1,
            track=str(form.get("RecordingTrack", "both")),
            callback=str(form.get("RecordingStatusCallback", "")),
            callback_method=str(form.get("RecordingStatusCallbackMethod", "POST")),
        )
        return web.json_response(recording.as_json(), status=201)

    async def _update(self, request: web.Request) -> web.Response:
        recording, form = self._recording(request), await request.post()
        wanted = str(form.get("Status", ""))
        if wanted not in STATUSES:
            raise invalid(BAD_PARAMETER, f"Invalid Status {wanted!r}: expected one of {', '.join(STATUSES)}")
        if recording.stopped is not None:
            raise NOT_IN_PROGRESS
        if wanted == "stopped":
            recording.stop()
        else:
            recording.status = wanted
        return web.json_response({**recording.as_json(), "status": wanted})

    async def _list(self, request: web.Request) -> web.Response:
        call = request.match_info.get("call")
        found = [
            recording.as_json()
            for recording in self._exchange.recordings.values()
            if call is None or recording.phone.sid == call
        ]
        return page(request, "recordings", found)

    async def _fetch(self, request: web.Request) -> web.Response:
        return web.json_response(self._recording(request).as_json())

    async def _sound(self, request: web.Request) -> web.Response:
        return web.Response(body=self._recording(request).wav(), content_type="audio/x-wav")

    def _phone(self, request: web.Request) -> Phone:
        phone = self._exchange.phones.get(request.match_info["call"])
        if phone is None:
            raise not_found(request.path)
        return phone

    def _recording(self, request: web.Request) -> Recording:
        sid, call = request.match_info["sid"], request.match_info.get("call")
        for recording in reversed(self._exchange.recordings.values()):
            of_call = call is None or recording.phone.sid == call
            if of_call and (recording.sid == sid or (sid == CURRENT and recording.stopped is None)):
                return recording
        raise not_found(request.path)
