"""What a call needs to go on elsewhere, and what it leaves behind."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

CALL: dict[str, Any] = {
    "then": sa.JSON,
    "state": sa.JSON,
    "answered_by": sa.String(30),
    "recording": sa.Text,
    "voicemail": sa.Text,
    "cost_usd": sa.Float,
    "cost": sa.JSON,
    "purged_at": sa.DateTime(timezone=True),
}

TURN: dict[str, Any] = {"stage": sa.String(100), "caller_at_ms": sa.Float, "agent_at_ms": sa.Float}


def upgrade() -> None:
    for table, columns in (("calls", CALL), ("turns", TURN)):
        with op.batch_alter_table(table) as changed:
            for name, kind in columns.items():
                changed.add_column(sa.Column(name, kind))


def downgrade() -> None:
    for table, columns in (("calls", CALL), ("turns", TURN)):
        with op.batch_alter_table(table) as changed:
            for name in columns:
                changed.drop_column(name)
