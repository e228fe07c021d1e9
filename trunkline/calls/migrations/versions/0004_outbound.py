"""Calls that we make, and whom we do not call."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "dials",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("line", sa.String(100), nullable=False),
        sa.Column("number", sa.String(100), nullable=False, index=True),
        sa.Column("data", sa.JSON, nullable=False),
        sa.Column("campaign", sa.String(100), index=True),
        sa.Column("contact", sa.String(100)),
        sa.Column("claim", sa.String(100), unique=True),
        sa.Column("sid", sa.String(64), index=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, index=True),
        sa.Column("status", sa.String(30), nullable=False),
        sa.Column("outcome", sa.String(30)),
        sa.Column("answered_by", sa.String(30)),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("error", sa.Text, nullable=False),
    )
    op.create_table(
        "do_not_call",
        sa.Column("number", sa.String(100), primary_key=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("do_not_call")
    op.drop_table("dials")
