"""Tools that let the model decide what is recorded: ``Line(tools=(stop_recording, …))``."""

from trunkline.call import Call

BY_THE_MODEL = "model"


async def pause_recording(call: Call) -> str:
    """Pause the recording, before the caller says what must not be kept, such as the number of a card."""
    call.recorder.pause(BY_THE_MODEL)
    return "The recording is paused. Resume it when the caller has said it."


async def resume_recording(call: Call) -> str:
    """Go on recording after a pause."""
    call.recorder.resume(BY_THE_MODEL)
    return "The call is recorded again."


async def stop_recording(call: Call) -> str:
    """Stop the recording and delete it, when the caller does not want to be recorded."""
    call.stop_recording(discard=True)
    return "Nothing more is recorded, and what was is deleted."
