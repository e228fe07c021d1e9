"""Front desk: answers Harbour Dental's main number around the clock."""

from pathlib import Path

from loguru import logger

from processors.sentence_splitter import SentenceSplitter
from processors.tools import Quiet, tool
from processors.vad import VAD
from trunkline import Call, Idle, Line, Stages

KNOWLEDGE = {
    section.partition("\n")[0].strip(): section.partition("\n")[2].strip()
    for section in Path(__file__).with_suffix(".md").read_text(encoding="utf-8").split("\n## ")[1:]
}


async def look_up(topic: str) -> str:
    """Look up what the practice says about opening hours, address, parking, prices and treatments
    (check-up, cleaning, whitening), insurance, emergencies or cancellations.

    Args:
        topic: What the caller asks about, in a few words.
    """
    words = {word.strip("?,.s").lower() for word in topic.split()}

    def fit(title: str) -> int:
        text = f"{title} {title} {title} {KNOWLEDGE[title]}".lower()
        return sum(text.count(word) for word in words if len(word) > 3)

    best = max(KNOWLEDGE, key=fit)
    return (
        KNOWLEDGE[best] if fit(best) else f"Nothing is known of that. Known topics: {', '.join(KNOWLEDGE)}."
    )


@tool(side_effects=True)
async def take_message(call: Call, name: str, phone: str, message: str) -> str:
    """Take a message for the practice; someone calls back on the next working day.

    Args:
        name: Who leaves the message.
        phone: The number to call back.
        message: What it is about.
    """
    call.data.setdefault("messages", []).append({"name": name, "phone": phone, "message": message})
    logger.info("call {} left a message", call.sid)
    return f"Noted. Someone will call {name} back on {phone} on the next working day."


async def end_call(call: Call) -> Quiet:
    """End the call when the caller says goodbye or needs nothing more. Says goodbye for you: say nothing."""
    await call.hang_up("Thank you for calling Harbour Dental. Goodbye!")
    return Quiet("The goodbye is being spoken; the call ends after it.")


line = Line(
    name="front-desk",
    number="+15550100",
    greeting="Harbour Dental, good morning. How can I help you?",
    prompt=(
        "You answer the phone for Harbour Dental, a dental practice. You are friendly and brief: one or two "
        "short sentences at a time, plain words, no lists, no markup. Answer questions about the practice "
        "only with what look_up returns; never guess. If you cannot help, or the caller wants a person, "
        "offer to take a message: ask for the name, the phone number and what it is about, one at a time, "
        "and read the number back. When the caller is done, call end_call."
    ),
    tools=[look_up, take_message, end_call],
    idle=Idle(),
)


@line.answer
def compose(call: Call) -> Stages:
    context = call.context()
    return [
        call.input(),
        VAD(),
        call.deepgram_stt(keyterms=["Harbour Dental", "whitening", "Invisalign"]),
        context.user(),
        call.openai(model="gpt-4o-mini"),
        SentenceSplitter(),
        call.aura_tts(voice="aura-2-thalia-en"),
        call.output(),
        context.assistant(),
    ]


if __name__ == "__main__":
    line.run()
