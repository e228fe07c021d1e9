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
    call: Mapped[CallRow] = relationship(back_populates="turns")
