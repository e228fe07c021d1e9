"""A stream that is lost to us alone: the carrier is told, so that it asks what is next.

A network can forget a connection without a word to either end. Where the carrier has noticed nothing, the
caller hears silence, for as long as its own patience lasts. Its voice, which needs no stream, breaks it.
"""

import asyncio
from collections.abc import Callable
from enum import Enum, auto

from loguru import logger

from trunkline.errors import CarrierError, SettingsError
from trunkline.records import Facts
from trunkline.server.twiml import ask_again
from trunkline.vendors import Vendors

NOTICE = 0.5
"""Seconds in which a carrier that knows of the loss has asked."""


class Told(Enum):
    """What came of telling the carrier."""

    DONE = auto()
    """It says the words to the caller, and asks what is next."""
    GONE = auto()
    """It knows of no such call any more: the caller has hung up."""
    NOT = auto()
    """It need not, or cannot, be told."""


async def fetch_back(
    facts: Facts, vendors: Vendors, words: str, language: str, is_lost: Callable[[], bool]
) -> Told:
    """Have the carrier ask about a call whose stream fell silent, if it does not do so by itself.

    Args:
        facts: the call's.
        vendors: what the calls of this process share.
        words: for the caller, who has heard nothing for a while.
        language: of the words.
        is_lost: whether the call still has no stream, and the carrier has not asked.
    """
    await asyncio.sleep(NOTICE)
    return await tell(facts, vendors, words, language) if is_lost() else Told.NOT


async def tell(facts: Facts, vendors: Vendors, words: str = "", language: str = "en") -> Told:
    """Have the carrier ask what is next for a call, whatever it does with it now."""
    if not facts.origin:
        return Told.NOT
    try:
        order = ask_again(facts.origin, vendors.address, words, language)
        await vendors.carrier.redirect(facts.sid, order)
    except SettingsError:
        logger.debug("call {}: the carrier cannot be told; TWILIO_ACCOUNT_SID is not set", facts.sid)
        return Told.NOT
    except CarrierError as error:
        logger.warning("call {}: {}", facts.sid, error)
        return Told.GONE if error.is_gone else Told.NOT
    return Told.DONE
