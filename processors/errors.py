"""Who erred, when a stage fails.

::

    VendorError                  a speech or language vendor erred; no other call is concerned
    ├── VendorRefused            it will not serve us: key, permission, model, voice (401, 403, 400, 404)
    ├── VendorBusy               over a quota or a rate (429)
    ├── VendorUnavailable        unreachable, 5xx, closed, or silent when it should have spoken
    └── VendorProtocolError      it sent what its protocol does not allow
"""


class VendorError(Exception):
    """A vendor failed. The sentence names what was found, what was expected and what to do.

    Args:
        vendor: the vendor's name as a person writes it ("Deepgram").
        found: what happened ("answered 401 to the listen socket").
        remedy: what to do about it ("check DEEPGRAM_API_KEY").
    """

    permanent = False
    """Whether trying again without a change on our side is pointless."""

    retry_after: float | None = None
    """Seconds for which the vendor asked to be left alone, if they are more than a caller waits."""

    def __init__(self, vendor: str, found: str, remedy: str = "") -> None:
        super().__init__(vendor, found, remedy)
        self.vendor = vendor
        self.found = found
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.vendor} {self.found}" + (f"; {self.remedy}" if self.remedy else "")


class VendorRefused(VendorError):
    """The vendor will not serve us as we are."""

    permanent = True


class VendorBusy(VendorError):
    """The vendor's quota or rate limit is reached."""


class VendorUnavailable(VendorError):
    """The vendor cannot be reached, broke off, or fell silent."""


class VendorProtocolError(VendorError):
    """The vendor sent what its protocol does not allow."""


def refusal(vendor: str, status: int, reason: str, remedy: str) -> VendorError:
    """The error for an HTTP status (or a refused WebSocket upgrade) of a vendor."""
    found = f"answered {status}" + (f" ({reason})" if reason else "")
    if status == 429:
        return VendorBusy(vendor, found, "raise the vendor's limit or lower TRUNKLINE_MAX_CALLS")
    if 400 <= status < 500:
        return VendorRefused(vendor, found, remedy)
    return VendorUnavailable(vendor, found)
