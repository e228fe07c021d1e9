"""Where the time before a reply went, in the segments of a waterfall.

What was known of older replies is kept under the nearest names, and what was nobody's is now the output's.
"""

from collections.abc import Iterable

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SEGMENTS = (
    "carrier",
    "vad",
    "stt",
    "turn",
    "queue",
    "model",
    "tool",
    "sentence",
    "voice",
    "output",
    "played",
)

KEPT = {"listening": "stt", "thinking": "model", "speaking": "voice"}
"""Old name to new."""

FORWARD = """
UPDATE turns SET stt_ms = listening_ms, model_ms = thinking_ms, voice_ms = speaking_ms,
    output_ms = total_ms - coalesce(listening_ms, 0) - coalesce(thinking_ms, 0) - coalesce(speaking_ms, 0)
WHERE total_ms IS NOT NULL
"""

BACK = """
UPDATE turns SET listening_ms = coalesce(carrier_ms, 0) + coalesce(vad_ms, 0) + coalesce(stt_ms, 0)
    + coalesce(turn_ms, 0), thinking_ms = model_ms, speaking_ms = voice_ms
WHERE total_ms IS NOT NULL
"""


def upgrade() -> None:
    _change(add=SEGMENTS, fill=FORWARD, drop=KEPT)


def downgrade() -> None:
    _change(add=KEPT, fill=BACK, drop=SEGMENTS)


def _change(*, add: Iterable[str], fill: str, drop: Iterable[str]) -> None:
    with op.batch_alter_table("turns") as turns:
        for name in add:
            turns.add_column(sa.Column(f"{name}_ms", sa.Float))
    op.execute(fill)
    with op.batch_alter_table("turns") as turns:
        for name in drop:
            turns.drop_column(f"{name}_ms")
