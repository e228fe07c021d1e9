"""Calls and their turns."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calls",
        sa.Column("sid", sa.String(64), primary_key=True),
        sa.Column("line", sa.String(100), nullable=False),
        sa.Column("caller", sa.String(100), nullable=False),
        sa.Column("called", sa.String(100), nullable=False),
        sa.Column("direction", sa.String(30), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("outcome", sa.String(30)),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("last_words", sa.Text, nullable=False),
    )
    op.create_index("ix_calls_line", "calls", ["line"])
    op.create_index("ix_calls_started_at", "calls", ["started_at"])
    op.create_table(
        "turns",
        sa.Column(
            "call_sid", sa.String(64), sa.ForeignKey("calls.sid", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("index", sa.Integer, primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("caller", sa.Text, nullable=False),
        sa.Column("agent", sa.Text, nullable=False),
        sa.Column("interrupted", sa.Boolean, nullable=False),
        sa.Column("tools", sa.JSON, nullable=False),
        sa.Column("total_ms", sa.Float),
        sa.Column("listening_ms", sa.Float),
        sa.Column("thinking_ms", sa.Float),
        sa.Column("speaking_ms", sa.Float),
    )


def downgrade() -> None:
    op.drop_table("turns")
    op.drop_table("calls")
