"""Appointments: finds a free slot at Harbour Dental, books it, moves it, cancels it."""

from datetime import date, datetime
from pathlib import Path
from typing import Literal

from pipelines._diary import Diary
from processors.sentence_splitter import SentenceSplitter
from processors.tools import Once, Quiet, tool
from processors.vad import VAD
from trunkline import Call, Idle, Line, Stages

diary = Diary(Path("appointments.db"))


async def find_slots(day: date, part_of_day: Literal["morning", "afternoon", "any"] = "any") -> str:
    """Find free appointment slots on a day.

    Args:
        day: The day the caller wants.
        part_of_day: When on that day.
    """
    slots = diary.free(day, part_of_day)
    return f"Free: {', '.join(slots[:3])}" if slots else f"Nothing is free on {day:%A, %B %d}."


@tool(side_effects=True, same=["slot", "name"])
async def book(slot: str, name: str, reason: str) -> str:
    """Book an appointment in a free slot that find_slots returned.

    Args:
        slot: The slot, such as 2026-11-24 09:30.
        name: Who comes.
        reason: What for, such as a check-up or a cleaning.
    """
    if diary.book(slot, name, reason):
        return f"Booked: {slot}, {name}, {reason}."
    return f"{slot} is not free; offer another slot."


@tool(side_effects=True)
async def move(once: Once, name: str, slot: str) -> str:
    """Move a caller's appointment to another free slot.

    Args:
        name: Whose appointment.
        slot: The new slot, such as 2026-11-24 09:30.
    """
    old = diary.of(name)
    if old is None:
        return f"There is no appointment for {name}."
    await once.commit()
    return f"Moved: {name}, from {old} to {slot}." if diary.move(old, slot) else f"{slot} is not free."


@tool(side_effects=True)
async def cancel(once: Once, name: str) -> str:
    """Cancel a caller's appointment, once the caller has confirmed it.

    Args:
        name: Whose appointment.
    """
    old = diary.of(name)
    if old is None:
        return f"There is no appointment for {name}."
    await once.commit()
    diary.cancel(old)
    return f"Cancelled: {name}, {old}."


async def end_call(call: Call) -> Quiet:
    """End the call when the caller says goodbye or needs nothing more. Says goodbye for you: say nothing."""
    await call.hang_up("Thank you, and see you soon at Harbour Dental. Goodbye!")
    return Quiet("The goodbye is being spoken; the call ends after it.")


def prompt() -> str:
    return (
        "You keep the diary of Harbour Dental, on the phone. You are friendly and brief: one or two short "
        f"sentences, plain words, no lists, no markup. Today is {datetime.now():%A, %Y-%m-%d}. Offer at most "
        "two slots at a time, say times as people do (half past nine), ask for the name and the reason "
        "before you book, and read back day, time and name to confirm. When the caller is done, call "
        "end_call."
    )


line = Line(
    name="appointments",
    number="+15550101",
    greeting="Harbour Dental, appointments. When would you like to come in?",
    prompt=prompt,
    tools=[find_slots, book, move, cancel, end_call],
    idle=Idle(),
)


@line.answer
def compose(call: Call) -> Stages:
    context = call.context()
    return [
        call.input(),
        VAD(),
        call.deepgram_stt(keyterms=["Harbour Dental", "check-up"]),
        context.user(),
        call.openai(model="gpt-4o-mini"),
        SentenceSplitter(),
        call.aura_tts(voice="aura-2-orion-en"),
        call.output(),
        context.assistant(),
    ]


if __name__ == "__main__":
    line.run()
