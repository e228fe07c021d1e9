"""Verbs that say where the call goes: ``<Redirect>``, ``<Hangup>``, ``<Reject>``."""

from trunkline.sandbox.telephone.interruption import CallOver, Source
from trunkline.sandbox.telephone.verbs.step import Step
from trunkline.sandbox.telephone.webhooks import Ask


async def redirect(step: Step) -> Source | None:
    """Go on with another document."""
    method = step.verb.get("method", "POST").upper()
    url = step.document.resolve(step.verb.text)
    return Ask("redirect", url, step.phone.call.params(), method)


async def hang_up(step: Step) -> None:
    """End the call."""
    step.phone.over("completed")
    raise CallOver


async def reject(step: Step) -> None:
    """Turn the call away before it is answered; later it is too late, and it is hung up instead."""
    refused = "busy" if step.verb.get("reason") == "busy" else "no-answer"
    step.phone.over(refused if step.is_first else "completed")
    raise CallOver
