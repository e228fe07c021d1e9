"""A stream that is lost to us alone: the carrier is told, so that it asks what is next.

A network can forget a connection without a word to either end. Where the carrier has noticed nothing, the
caller hears silence, for as long as its own patience lasts.
"""

import asyncio
from collections.abc import Callable

from loguru import logger

from trunkline.errors import CarrierError, SettingsError
from trunkline.records import Facts
from trunkline.server.twiml import ask_again
from trunkline.vendors import Vendors

NOTICE = 1.5
"""Seconds in which a carrier that knows of the loss has asked, and connected the call once more."""


async def fetch_back(facts: Facts, vendors: Vendors, is_lost: Callable[[], bool]) -> bool:
    """Have the carrier ask about a call once more, if it does not do so by itself.

    Args:
        facts: the call's.
        vendors: what the calls of this process share.
        is_lost: whether the call still has no stream.

    Returns:
        False if the carrier knows of no such call any more: the caller has hung up.
    """
    await asyncio.sleep(NOTICE)
    if not is_lost() or not facts.origin:
        return True
    try:
        await vendors.carrier.redirect(facts.sid, ask_again(facts.origin, vendors.address))
    except SettingsError:
        logger.debug("call {}: the carrier cannot be told; TWILIO_ACCOUNT_SID is not set", facts.sid)
    except CarrierError as error:
        logger.warning("call {}: {}", facts.sid, error)
        return not error.is_gone
    return True
