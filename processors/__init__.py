"""One stage of the graph a file: frame in, frames out.

The contract of a stage is pipecat's: ``process_frame(frame, direction)`` handles what it knows, pushes on
what it does not, and never swallows a control frame. A stage that only looks at or transforms a frame runs
in pipecat's direct mode; a stage that waits keeps its queue, so that an interruption can cancel it.
"""

import os

from loguru import logger

# pipecat logs what callers say, and a banner. It is silent until a log is set up (trunkline.logs.configure),
# or until somebody asks for it: logger.enable("pipecat").
logger.disable("pipecat")

# ONNX Runtime's official builds keep a database of their use and send it to their maker, unless this is set
# before the first import (its Privacy.md). A process that hears telephone calls reports to nobody.
os.putenv("ORT_DISABLE_TELEMETRY", "1")
