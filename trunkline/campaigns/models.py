"""The tables of campaigns, in the call store."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Float, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from trunkline.calls.models import Base


class CampaignRow(Base):
    """One campaign."""

    __tablename__ = "campaigns"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    line: Mapped[str] = mapped_column(String(100))
    file: Mapped[str] = mapped_column(Text, default="")
    """Path of the line's pipeline file."""
    rate: Mapped[float | None] = mapped_column(Float)
    """Calls that are begun in a second; None for as many as fit."""
    at_once: Mapped[int] = mapped_column(Integer)
    retries: Mapped[dict[str, Any]] = mapped_column(JSON)
    """As :meth:`trunkline.campaigns.retries.Retries.plain` has it."""
    state: Mapped[str] = mapped_column(String(20))
    """``running``, ``paused`` or ``done``."""
    reason: Mapped[str] = mapped_column(Text, default="")
    """Why it paused, if nobody asked it to."""
    started_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))


class ContactRow(Base):
    """One person of a campaign."""

    __tablename__ = "contacts"
    __table_args__ = (
        UniqueConstraint("campaign", "number", name="contacts_number"),
        Index("contacts_due", "campaign", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    campaign: Mapped[str] = mapped_column(ForeignKey("campaigns.name", ondelete="CASCADE"))
    number: Mapped[str] = mapped_column(String(100))
    """E.164."""
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    """The other columns of the list."""
    state: Mapped[str] = mapped_column(String(20))
    """``waiting``, ``live`` or ``done``."""
    due_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    """When the next attempt may begin, while it waits."""
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    """Attempts that were begun; the number of the last one."""
    outcome: Mapped[str | None] = mapped_column(String(30))
    """Of the last attempt that is over."""
    called_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    """When that one was over."""


class AttemptRow(Base):
    """One attempt to call a contact."""

    __tablename__ = "attempts"
    __table_args__ = (UniqueConstraint("contact", "n", name="attempts_n"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    """The dial's, and the workflow's: derived from campaign, contact and n, the same whoever asks."""
    contact: Mapped[int] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"))
    campaign: Mapped[str] = mapped_column(String(60), index=True)
    n: Mapped[int] = mapped_column(Integer)
    """Counted from 1."""
    live: Mapped[int | None] = mapped_column(Integer, unique=True)
    """The contact, until the attempt is over: the database itself keeps a second one from being begun."""
    begun_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    outcome: Mapped[str | None] = mapped_column(String(30))
    sid: Mapped[str | None] = mapped_column(String(64))
    """The call's, as far as the carrier said."""
    reason: Mapped[str] = mapped_column(Text, default="")
    """Why there was no call; without a number in it."""
