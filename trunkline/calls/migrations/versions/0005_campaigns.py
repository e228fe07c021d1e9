"""Lists of people who are called, and the attempts."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "campaigns",
        sa.Column("name", sa.String(60), primary_key=True),
        sa.Column("line", sa.String(100), nullable=False),
        sa.Column("file", sa.Text, nullable=False),
        sa.Column("rate", sa.Float),
        sa.Column("at_once", sa.Integer, nullable=False),
        sa.Column("retries", sa.JSON, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
    )
    _contacts()
    _attempts()


def _contacts() -> None:
    op.create_table(
        "contacts",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "campaign", sa.String(60), sa.ForeignKey("campaigns.name", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("number", sa.String(100), nullable=False),
        sa.Column("data", sa.JSON, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("outcome", sa.String(30)),
        sa.Column("called_at", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("campaign", "number", name="contacts_number"),
    )
    op.create_index("contacts_due", "contacts", ["campaign", "state", "due_at"])


def _attempts() -> None:
    op.create_table(
        "attempts",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("contact", sa.Integer, sa.ForeignKey("contacts.id", ondelete="CASCADE"), nullable=False),
        sa.Column("campaign", sa.String(60), nullable=False, index=True),
        sa.Column("n", sa.Integer, nullable=False),
        sa.Column("live", sa.Integer, unique=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("outcome", sa.String(30)),
        sa.Column("sid", sa.String(64)),
        sa.Column("reason", sa.Text, nullable=False),
        sa.UniqueConstraint("contact", "n", name="attempts_n"),
    )


def downgrade() -> None:
    for table in ("attempts", "contacts", "campaigns"):
        op.drop_table(table)
