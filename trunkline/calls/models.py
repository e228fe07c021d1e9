"""The tables of the call store."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Float, ForeignKey, Integer, String, Text
from sqlalchemy.ext.asyncio import AsyncAttrs
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


def now() -> datetime:
    """Wall-clock time, in UTC."""
    return datetime.now(UTC)


class Base(AsyncAttrs, DeclarativeBase):
    """The tables' common base."""


class CallRow(Base):
    """One phone call."""

    __tablename__ = "calls"

    sid: Mapped[str] = mapped_column(String(64), primary_key=True)
    line: Mapped[str] = mapped_column(String(100), index=True)
    caller: Mapped[str] = mapped_column(String(100))
    called: Mapped[str] = mapped_column(String(100))
    direction: Mapped[str] = mapped_column(String(30))
    started_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    outcome: Mapped[str | None] = mapped_column(String(30))
    reason: Mapped[str] = mapped_column(Text, default="")
    last_words: Mapped[str] = mapped_column(Text, default="")
    then: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """Where the call goes when its stream has ended; None for nowhere."""
    state: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """What another process needs to go on with it."""
    answered_by: Mapped[str | None] = mapped_column(String(30))
    """Twilio's ``AnsweredBy``; None where nobody asked."""
    recording: Mapped[str | None] = mapped_column(Text)
    """Path of its sound, below the folder for recordings."""
    voicemail: Mapped[str | None] = mapped_column(Text)
    """URL of the message that the caller left with the carrier."""
    cost_usd: Mapped[float | None] = mapped_column(Float)
    """An estimate, in US dollars."""
    cost: Mapped[dict[str, float] | None] = mapped_column(JSON)
    """The same by what it is for."""
    purged_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    """When its words and numbers were deleted."""
    turns: Mapped[list["TurnRow"]] = relationship(
        order_by="TurnRow.index", cascade="all, delete-orphan", back_populates="call"
    )


class TurnRow(Base):
    """What the caller said, and the reply that was heard."""

    __tablename__ = "turns"

    call_sid: Mapped[str] = mapped_column(ForeignKey("calls.sid", ondelete="CASCADE"), primary_key=True)
    index: Mapped[int] = mapped_column(Integer, primary_key=True)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    caller: Mapped[str] = mapped_column(Text, default="")
    agent: Mapped[str] = mapped_column(Text, default="")
    interrupted: Mapped[bool] = mapped_column(default=False)
    tools: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    total_ms: Mapped[float | None] = mapped_column(Float)
    carrier_ms: Mapped[float | None] = mapped_column(Float)
    vad_ms: Mapped[float | None] = mapped_column(Float)
    stt_ms: Mapped[float | None] = mapped_column(Float)
    turn_ms: Mapped[float | None] = mapped_column(Float)
    queue_ms: Mapped[float | None] = mapped_column(Float)
    model_ms: Mapped[float | None] = mapped_column(Float)
    tool_ms: Mapped[float | None] = mapped_column(Float)
    sentence_ms: Mapped[float | None] = mapped_column(Float)
    voice_ms: Mapped[float | None] = mapped_column(Float)
    output_ms: Mapped[float | None] = mapped_column(Float)
    played_ms: Mapped[float | None] = mapped_column(Float)
    stage: Mapped[str | None] = mapped_column(String(100))
    """Where the conversation stood."""
    caller_at_ms: Mapped[float | None] = mapped_column(Float)
    """When the caller began to speak, in milliseconds of the call's sound."""
    agent_at_ms: Mapped[float | None] = mapped_column(Float)
    """When the reply began to be heard, likewise."""
    call: Mapped[CallRow] = relationship(back_populates="turns")


class DialRow(Base):
    """One attempt to call somebody, kept before the carrier is asked for it."""

    __tablename__ = "dials"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    """A UUID in hexadecimal digits; what URLs carry instead of a number."""
    line: Mapped[str] = mapped_column(String(100))
    number: Mapped[str] = mapped_column(String(100), index=True)
    """Who is called, in E.164."""
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """What the call begins with."""
    campaign: Mapped[str | None] = mapped_column(String(100), index=True)
    contact: Mapped[str | None] = mapped_column(String(100))
    claim: Mapped[str | None] = mapped_column(String(100), unique=True)
    """The number, until the attempt is over: nobody is called twice at once."""
    sid: Mapped[str | None] = mapped_column(String(64), index=True)
    """The call's; None until the carrier has said."""
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)
    status: Mapped[str] = mapped_column(String(30))
    """One of :data:`trunkline.calls.dials.STATUSES`."""
    outcome: Mapped[str | None] = mapped_column(String(30))
    """One of :data:`trunkline.calls.dials.OUTCOMES`; None until it is over."""
    answered_by: Mapped[str | None] = mapped_column(String(30))
    """Twilio's ``AnsweredBy``; None where nobody asked."""
    ended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    error: Mapped[str] = mapped_column(Text, default="")
    """Why there was no call; without a number in it."""


class DoNotCallRow(Base):
    """A number that is not called."""

    __tablename__ = "do_not_call"

    number: Mapped[str] = mapped_column(String(100), primary_key=True)
    """E.164."""
    added_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    reason: Mapped[str] = mapped_column(Text, default="")
