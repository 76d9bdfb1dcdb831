"""initial"""

import sqlalchemy as sa
from alembic import op
import yanxiu.core.db


revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("object_kind", sa.String(length=32), nullable=False),
        sa.Column("object_id", sa.Integer(), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_entry_action"), ["action"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_entry_actor_id"), ["actor_id"], unique=False)

    op.create_table(
        "job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("key", sa.String(length=128), nullable=True),
        sa.Column("open_key", sa.String(length=128), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("run_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("leased_by", sa.String(length=128), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("finished_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.create_index("ix_job_state_run_at", ["state", "run_at"], unique=False)
        batch_op.create_index("uq_job_open_key", ["open_key"], unique=True)

    op.create_table(
        "live_topic",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_live_topic")),
    )
    op.create_table(
        "organization",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("short_name", sa.String(length=40), nullable=False),
        sa.Column("path", sa.String(length=255), nullable=False),
        sa.Column("introduction", sa.Text(), nullable=False),
        sa.Column("closed_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["organization.id"], name=op.f("fk_organization_parent_id_organization")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organization")),
    )
    with op.batch_alter_table("organization", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_organization_parent_id"), ["parent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_organization_path"), ["path"], unique=False)

    op.create_table(
        "search_outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("object_id", sa.Integer(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=True),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_outbox")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("search_outbox", schema=None) as batch_op:
        batch_op.create_index("ix_search_outbox_object", ["object_id"], unique=False)
        batch_op.create_index("ix_search_outbox_waiting", ["generation", "urgent", "id"], unique=False)

    op.create_table(
        "search_state",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("directory", sa.String(length=120), nullable=False),
        sa.Column("trying", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("rebuild_requested", sa.Boolean(), nullable=False),
        sa.Column("rebuilt_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_state")),
    )
    op.create_table(
        "sign_in_failure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(length=255), nullable=False),
        sa.Column("at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ip", sa.String(length=45), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_failure")),
    )
    with op.batch_alter_table("sign_in_failure", schema=None) as batch_op:
        batch_op.create_index("ix_sign_in_failure_account_at", ["account", "at"], unique=False)

    op.create_table(
        "stored_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("mime", sa.String(length=127), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_file")),
        sa.UniqueConstraint("key", name=op.f("uq_stored_file_key")),
    )
    with op.batch_alter_table("stored_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stored_file_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_stored_file_sha256"), ["sha256"], unique=False)

    op.create_table(
        "file_text",
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("read_again_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_file.id"], name=op.f("fk_file_text_file_id_stored_file"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("file_id", name=op.f("pk_file_text")),
    )
    op.create_table(
        "plan_template",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("about", sa.String(length=100), nullable=False),
        sa.Column("subject", sa.String(length=20), nullable=False),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("retired_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_plan_template_organization_id_organization")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_template")),
    )
    with op.batch_alter_table("plan_template", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_template_organization_id"), ["organization_id"], unique=False)

    op.create_table(
        "resource_standard",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=20), nullable=False),
        sa.Column("literacies", sa.JSON(), nullable=False),
        sa.Column("heading", sa.String(length=20), nullable=False),
        sa.Column("themes", sa.JSON(), nullable=False),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id"], ["organization.id"], name=op.f("fk_resource_standard_county_id_organization")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource_standard")),
        sa.UniqueConstraint("county_id", "subject", name=op.f("uq_resource_standard_county_id_subject")),
    )
    op.create_table(
        "rubric_template",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=40), nullable=True),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("origin", sa.String(length=200), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=True),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_rubric_template_organization_id_organization")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rubric_template")),
        sa.UniqueConstraint("slug", name=op.f("uq_rubric_template_slug")),
    )
    with op.batch_alter_table("rubric_template", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rubric_template_organization_id"), ["organization_id"], unique=False)

    op.create_table(
        "search_popular",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=60), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id"], ["organization.id"], name=op.f("fk_search_popular_county_id_organization")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_popular")),
        sa.UniqueConstraint("county_id", "text", name=op.f("uq_search_popular_county_id_text")),
    )
    with op.batch_alter_table("search_popular", schema=None) as batch_op:
        batch_op.create_index("ix_search_popular_most", ["county_id", "people"], unique=False)

    op.create_table(
        "textbook_node",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county_id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(length=10), nullable=False),
        sa.Column("grade", sa.String(length=10), nullable=False),
        sa.Column("subject", sa.String(length=20), nullable=False),
        sa.Column("edition", sa.String(length=20), nullable=False),
        sa.Column("volume", sa.String(length=10), nullable=False),
        sa.Column("unit", sa.String(length=60), nullable=False),
        sa.Column("lesson", sa.String(length=60), nullable=False),
        sa.Column("retired_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id"], ["organization.id"], name=op.f("fk_textbook_node_county_id_organization")
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["textbook_node.id"], name=op.f("fk_textbook_node_parent_id_textbook_node")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_textbook_node")),
        sa.UniqueConstraint(
            "county_id",
            "stage",
            "grade",
            "subject",
            "edition",
            "volume",
            "unit",
            "lesson",
            name="uq_textbook_node_chain",
        ),
    )
    with op.batch_alter_table("textbook_node", schema=None) as batch_op:
        batch_op.create_index("ix_textbook_node_county_id_level", ["county_id", "level"], unique=False)
        batch_op.create_index(batch_op.f("ix_textbook_node_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("username", sa.String(length=64), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("email", sa.String(length=255), nullable=True),
        sa.Column("password_hash", sa.String(length=255), nullable=False),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("name_key", sa.String(length=360), nullable=False),
        sa.Column("id_number", sa.String(length=18), nullable=True),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=20), nullable=False),
        sa.Column("stage", sa.String(length=10), nullable=False),
        sa.Column("title", sa.String(length=20), nullable=False),
        sa.Column("bio", sa.Text(), nullable=False),
        sa.Column("photo_id", sa.Integer(), nullable=True),
        sa.Column("large_type", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("last_seen_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("quiet_from", sa.Integer(), server_default="21", nullable=False),
        sa.Column("quiet_until", sa.Integer(), server_default="7", nullable=False),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_user_organization_id_organization")
        ),
        sa.ForeignKeyConstraint(["photo_id"], ["stored_file.id"], name=op.f("fk_user_photo_id_stored_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
        sa.UniqueConstraint("email", name=op.f("uq_user_email")),
        sa.UniqueConstraint("id_number", name=op.f("uq_user_id_number")),
        sa.UniqueConstraint("phone", name=op.f("uq_user_phone")),
        sa.UniqueConstraint("username", name=op.f("uq_user_username")),
    )
    with op.batch_alter_table("user", schema=None) as batch_op:
        batch_op.create_index("ix_user_organization_id_name", ["organization_id", "name"], unique=False)

    op.create_table(
        "appointment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_appointment_organization_id_organization")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_appointment_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment")),
    )
    with op.batch_alter_table("appointment", schema=None) as batch_op:
        batch_op.create_index("ix_appointment_organization_id_role", ["organization_id", "role"], unique=False)
        batch_op.create_index(batch_op.f("ix_appointment_user_id"), ["user_id"], unique=False)

    op.create_table(
        "coding_scheme",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("maker_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=True),
        sa.Column("retired_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["maker_id"], ["user.id"], name=op.f("fk_coding_scheme_maker_id_user")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_coding_scheme_organization_id_organization")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coding_scheme")),
        sa.UniqueConstraint("slug", name=op.f("uq_coding_scheme_slug")),
    )
    with op.batch_alter_table("coding_scheme", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_coding_scheme_maker_id"), ["maker_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_coding_scheme_organization_id"), ["organization_id"], unique=False)

    op.create_table(
        "kept_perspective",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("prompts", sa.Text(), nullable=False),
        sa.Column("instrument", sa.String(length=40), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=True),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["user.id"], name=op.f("fk_kept_perspective_owner_id_user"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["school_id"],
            ["organization.id"],
            name=op.f("fk_kept_perspective_school_id_organization"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_perspective")),
        sa.UniqueConstraint("owner_id", "name", name=op.f("uq_kept_perspective_owner_id_name")),
    )
    with op.batch_alter_table("kept_perspective", schema=None) as batch_op:
        batch_op.create_index("ix_kept_perspective_school", ["school_id", "id"], unique=False)

    op.create_table(
        "mail_digest",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("since", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("until", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_mail_digest_user_id_user"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_digest")),
        sa.UniqueConstraint("user_id", "day", name=op.f("uq_mail_digest_user_id_day")),
    )
    op.create_table(
        "muted_topic",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(length=80), nullable=False),
        sa.Column("headline", sa.String(length=160), nullable=False),
        sa.Column("url", sa.String(length=255), nullable=False),
        sa.Column("at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_muted_topic_user_id_user"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "topic", name=op.f("pk_muted_topic")),
    )
    op.create_table(
        "notification",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("place_url", sa.String(length=200), nullable=False),
        sa.Column("headline", sa.String(length=160), nullable=False),
        sa.Column("url", sa.String(length=255), nullable=False),
        sa.Column("topic", sa.String(length=80), nullable=False),
        sa.Column("at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("read_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["user.id"], name=op.f("fk_notification_actor_id_user")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_notification_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification")),
    )
    with op.batch_alter_table("notification", schema=None) as batch_op:
        batch_op.create_index(
            "ix_notification_unread_topic",
            ["topic"],
            unique=False,
            sqlite_where=sa.text("read_at IS NULL"),
            postgresql_where=sa.text("read_at IS NULL"),
        )
        batch_op.create_index("ix_notification_user_at", ["user_id", "at", "id"], unique=False)
        batch_op.create_index("ix_notification_user_read", ["user_id", "read_at"], unique=False)

    op.create_table(
        "notification_choice",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("off_kinds", sa.JSON(), nullable=False),
        sa.Column("mail", sa.String(length=8), nullable=False),
        sa.Column("mailed_on", sa.Date(), nullable=True),
        sa.Column("mailed_until", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_notification_choice_user_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_notification_choice")),
    )
    with op.batch_alter_table("notification_choice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notification_choice_mailed_on"), ["mailed_on"], unique=False)

    op.create_table(
        "plan_layout",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("retired_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_plan_layout_author_id_user")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_plan_layout_file_id_stored_file")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_plan_layout_organization_id_organization")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_layout")),
    )
    with op.batch_alter_table("plan_layout", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_layout_organization_id"), ["organization_id"], unique=False)

    op.create_table(
        "plan_template_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("template_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sections", sa.JSON(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_plan_template_version_author_id_user")),
        sa.ForeignKeyConstraint(
            ["template_id"], ["plan_template.id"], name=op.f("fk_plan_template_version_template_id_plan_template")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_template_version")),
        sa.UniqueConstraint("template_id", "number", name=op.f("uq_plan_template_version_template_id_number")),
    )
    op.create_table(
        "resource_collection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("introduction", sa.Text(), nullable=False),
        sa.Column("visibility", sa.String(length=16), nullable=False),
        sa.Column("cover_id", sa.Integer(), nullable=True),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=True),
        sa.Column("county_id", sa.Integer(), nullable=True),
        sa.Column("org_path", sa.String(length=255), nullable=False),
        sa.Column("removed_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id"], ["organization.id"], name=op.f("fk_resource_collection_county_id_organization")
        ),
        sa.ForeignKeyConstraint(
            ["cover_id"], ["stored_file.id"], name=op.f("fk_resource_collection_cover_id_stored_file")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_resource_collection_owner_id_user")),
        sa.ForeignKeyConstraint(
            ["school_id"], ["organization.id"], name=op.f("fk_resource_collection_school_id_organization")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource_collection")),
    )
    with op.batch_alter_table("resource_collection", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_resource_collection_county_id"), ["county_id"], unique=False)
        batch_op.create_index("ix_resource_collection_created_at_id", ["created_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_resource_collection_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_resource_collection_school_id"), ["school_id"], unique=False)

    op.create_table(
        "resource_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("message", sa.String(length=300), nullable=False),
        sa.Column("unused", sa.JSON(), nullable=False),
        sa.Column("refused", sa.JSON(), nullable=False),
        sa.Column("progress", sa.JSON(), nullable=False),
        sa.Column("finished_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_resource_import_owner_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource_import")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("resource_import", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_resource_import_owner_id"), ["owner_id"], unique=False)

    op.create_table(
        "rubric_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("template_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["template_id"],
            ["rubric_template.id"],
            name=op.f("fk_rubric_version_template_id_rubric_template"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rubric_version")),
        sa.UniqueConstraint("template_id", "number", name=op.f("uq_rubric_version_template_id_number")),
    )
    op.create_table(
        "search_saved",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("filters", sa.JSON(), nullable=False),
        sa.Column("workshop", sa.Integer(), nullable=False),
        sa.Column("often", sa.String(length=8), nullable=False),
        sa.Column("paused_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("next_look_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("known", sa.JSON(), nullable=False),
        sa.Column("horizon", sa.Integer(), nullable=False),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_search_saved_user_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_saved")),
    )
    with op.batch_alter_table("search_saved", schema=None) as batch_op:
        batch_op.create_index("ix_search_saved_due", ["paused_at", "next_look_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_search_saved_user_id"), ["user_id"], unique=False)

    op.create_table(
        "search_synonyms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_search_synonyms_author_id_user")),
        sa.ForeignKeyConstraint(
            ["county_id"], ["organization.id"], name=op.f("fk_search_synonyms_county_id_organization")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_synonyms")),
        sa.UniqueConstraint("county_id", "number", name=op.f("uq_search_synonyms_county_id_number")),
    )
    op.create_table(
        "search_typed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("county_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.String(length=60), nullable=False),
        sa.Column("typed_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_id"], ["organization.id"], name=op.f("fk_search_typed_county_id_organization")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_search_typed_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_typed")),
        sa.UniqueConstraint("user_id", "text", name=op.f("uq_search_typed_user_id_text")),
    )
    with op.batch_alter_table("search_typed", schema=None) as batch_op:
        batch_op.create_index("ix_search_typed_latest", ["user_id", "typed_at"], unique=False)

    op.create_table(
        "teacher_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=255), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("finished_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["user.id"], name=op.f("fk_teacher_import_actor_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teacher_import")),
    )
    with op.batch_alter_table("teacher_import", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_teacher_import_actor_id"), ["actor_id"], unique=False)

    op.create_table(
        "textbook_remap",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county_id", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("source_label", sa.String(length=300), nullable=False),
        sa.Column("target_label", sa.String(length=300), nullable=False),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("undone_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["user.id"], name=op.f("fk_textbook_remap_actor_id_user")),
        sa.ForeignKeyConstraint(
            ["county_id"], ["organization.id"], name=op.f("fk_textbook_remap_county_id_organization")
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["textbook_node.id"], name=op.f("fk_textbook_remap_source_id_textbook_node")
        ),
        sa.ForeignKeyConstraint(
            ["target_id"], ["textbook_node.id"], name=op.f("fk_textbook_remap_target_id_textbook_node")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_textbook_remap")),
    )
    with op.batch_alter_table("textbook_remap", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_textbook_remap_county_id"), ["county_id"], unique=False)

    op.create_table(
        "user_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("ip", sa.String(length=45), nullable=False),
        sa.Column("agent", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_user_session_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_user_session_token_hash")),
    )
    with op.batch_alter_table("user_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_user_session_user_id"), ["user_id"], unique=False)

    op.create_table(
        "workshop",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("theme", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=20), nullable=False),
        sa.Column("stage", sa.String(length=10), nullable=False),
        sa.Column("term", sa.String(length=30), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("join_mode", sa.String(length=10), nullable=False),
        sa.Column("members_may_publish", sa.Boolean(), nullable=False),
        sa.Column("introduction", sa.Text(), nullable=False),
        sa.Column("cover_id", sa.Integer(), nullable=True),
        sa.Column("created_by", sa.Integer(), nullable=False),
        sa.Column("members_count", sa.Integer(), nullable=False),
        sa.Column("bulletins_count", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("archived_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["cover_id"], ["stored_file.id"], name=op.f("fk_workshop_cover_id_stored_file")),
        sa.ForeignKeyConstraint(["created_by"], ["user.id"], name=op.f("fk_workshop_created_by_user")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_workshop_organization_id_organization")
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["workshop.id"], name=op.f("fk_workshop_source_id_workshop"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workshop")),
    )
    with op.batch_alter_table("workshop", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_workshop_kind"), ["kind"], unique=False)
        batch_op.create_index(batch_op.f("ix_workshop_organization_id"), ["organization_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_workshop_source_id"), ["source_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_workshop_stage"), ["stage"], unique=False)
        batch_op.create_index(batch_op.f("ix_workshop_subject"), ["subject"], unique=False)

    op.create_table(
        "activity",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workshop_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("starts_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("ends_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("speaker", sa.String(length=60), nullable=False),
        sa.Column("speaker_id", sa.Integer(), nullable=True),
        sa.Column("is_online", sa.Boolean(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("grace_minutes", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("about_kind", sa.String(length=16), nullable=False),
        sa.Column("about_id", sa.Integer(), nullable=True),
        sa.Column("about_title", sa.String(length=100), nullable=False),
        sa.Column("client_uuid", sa.String(length=36), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("cancelled_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("cancelled_by_id", sa.Integer(), nullable=True),
        sa.Column("cancel_reason", sa.String(length=300), nullable=False),
        sa.Column("reminded_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_activity_author_id_user")),
        sa.ForeignKeyConstraint(["cancelled_by_id"], ["user.id"], name=op.f("fk_activity_cancelled_by_id_user")),
        sa.ForeignKeyConstraint(["speaker_id"], ["user.id"], name=op.f("fk_activity_speaker_id_user")),
        sa.ForeignKeyConstraint(
            ["workshop_id"], ["workshop.id"], name=op.f("fk_activity_workshop_id_workshop"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity")),
        sa.UniqueConstraint("author_id", "client_uuid", name=op.f("uq_activity_author_id_client_uuid")),
    )
    with op.batch_alter_table("activity", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_activity_speaker_id"), ["speaker_id"], unique=False)
        batch_op.create_index("ix_activity_starts", ["starts_at"], unique=False)
        batch_op.create_index("ix_activity_time", ["workshop_id", "ends_at", "id"], unique=False)

    op.create_table(
        "bulletin",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workshop_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("masthead", sa.String(length=60), nullable=False),
        sa.Column("host", sa.String(length=60), nullable=False),
        sa.Column("editor", sa.String(length=60), nullable=False),
        sa.Column("sent_to", sa.String(length=120), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("client_uuid", sa.String(length=36), nullable=False),
        sa.Column("filled_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("published_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("deleted_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_bulletin_author_id_user")),
        sa.ForeignKeyConstraint(
            ["workshop_id"], ["workshop.id"], name=op.f("fk_bulletin_workshop_id_workshop"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulletin")),
        sa.UniqueConstraint("author_id", "client_uuid", name=op.f("uq_bulletin_author_id_client_uuid")),
        sa.UniqueConstraint("workshop_id", "number", name=op.f("uq_bulletin_workshop_id_number")),
    )
    with op.batch_alter_table("bulletin", schema=None) as batch_op:
        batch_op.create_index("ix_bulletin_seq", ["workshop_id", "seq"], unique=False)

    op.create_table(
        "clip_set",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("introduction", sa.String(length=500), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("workshop_id", sa.Integer(), nullable=True),
        sa.Column("used_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("removed_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_clip_set_owner_id_user")),
        sa.ForeignKeyConstraint(
            ["workshop_id"], ["workshop.id"], name=op.f("fk_clip_set_workshop_id_workshop"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clip_set")),
    )
    with op.batch_alter_table("clip_set", schema=None) as batch_op:
        batch_op.create_index("ix_clip_set_newest", ["created_at", "id"], unique=False)
        batch_op.create_index("ix_clip_set_owner", ["owner_id", "used_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_clip_set_workshop_id"), ["workshop_id"], unique=False)

    op.create_table(
        "coding_scheme_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scheme_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["scheme_id"],
            ["coding_scheme.id"],
            name=op.f("fk_coding_scheme_version_scheme_id_coding_scheme"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coding_scheme_version")),
        sa.UniqueConstraint("scheme_id", "number", name=op.f("uq_coding_scheme_version_scheme_id_number")),
    )
    op.create_table(
        "lesson",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("teacher_id", sa.Integer(), nullable=False),
        sa.Column("creator_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=True),
        sa.Column("class_name", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=20), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("grade", sa.String(length=20), nullable=False),
        sa.Column("lesson_type", sa.String(length=20), nullable=False),
        sa.Column("taught_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("place", sa.String(length=80), nullable=False),
        sa.Column("focus", sa.String(length=500), nullable=False),
        sa.Column("workshop_id", sa.Integer(), nullable=True),
        sa.Column("lesson_plan_id", sa.Integer(), nullable=True),
        sa.Column("visibility", sa.String(length=12), nullable=False),
        sa.Column("pupils_recognizable", sa.Boolean(), nullable=False),
        sa.Column("consent", sa.String(length=12), nullable=False),
        sa.Column("consent_until", sa.Date(), nullable=True),
        sa.Column("clip_consent", sa.String(length=8), nullable=False),
        sa.Column("rubric_version_id", sa.Integer(), nullable=True),
        sa.Column("phase", sa.String(length=12), nullable=False),
        sa.Column("phase_due", sa.Date(), nullable=True),
        sa.Column("deleted_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["creator_id"], ["user.id"], name=op.f("fk_lesson_creator_id_user")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_lesson_organization_id_organization")
        ),
        sa.ForeignKeyConstraint(
            ["rubric_version_id"], ["rubric_version.id"], name=op.f("fk_lesson_rubric_version_id_rubric_version")
        ),
        sa.ForeignKeyConstraint(["teacher_id"], ["user.id"], name=op.f("fk_lesson_teacher_id_user")),
        sa.ForeignKeyConstraint(
            ["workshop_id"], ["workshop.id"], name=op.f("fk_lesson_workshop_id_workshop"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesson")),
    )
    with op.batch_alter_table("lesson", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lesson_creator_id"), ["creator_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_lesson_lesson_plan_id"), ["lesson_plan_id"], unique=False)
        batch_op.create_index("ix_lesson_newest", ["created_at", "id"], unique=False)
        batch_op.create_index("ix_lesson_school", ["organization_id", "visibility"], unique=False)
        batch_op.create_index(batch_op.f("ix_lesson_teacher_id"), ["teacher_id"], unique=False)
        batch_op.create_index("ix_lesson_workshop", ["workshop_id", "created_at"], unique=False)

    op.create_table(
        "resource",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("title_key", sa.String(length=360), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("stage", sa.String(length=10), nullable=False),
        sa.Column("grade", sa.String(length=10), nullable=False),
        sa.Column("subject", sa.String(length=20), nullable=False),
        sa.Column("edition", sa.String(length=20), nullable=False),
        sa.Column("volume", sa.String(length=10), nullable=False),
        sa.Column("unit", sa.String(length=60), nullable=False),
        sa.Column("lesson", sa.String(length=60), nullable=False),
        sa.Column("tags", sa.String(length=120), nullable=False),
        sa.Column("literacies", sa.String(length=200), nullable=False),
        sa.Column("theme", sa.String(length=60), nullable=False),
        sa.Column("textbook_id", sa.Integer(), nullable=True),
        sa.Column("author", sa.String(length=60), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("origin", sa.String(length=10), nullable=False),
        sa.Column("license", sa.String(length=16), nullable=False),
        sa.Column("visibility", sa.String(length=16), nullable=False),
        sa.Column("workshop_id", sa.Integer(), nullable=True),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=True),
        sa.Column("county_id", sa.Integer(), nullable=True),
        sa.Column("org_path", sa.String(length=255), nullable=False),
        sa.Column("current_file_id", sa.Integer(), nullable=True),
        sa.Column("download_count", sa.Integer(), nullable=False),
        sa.Column("favorite_count", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=True),
        sa.Column("plan_revision", sa.Integer(), nullable=True),
        sa.Column("taught_lesson_id", sa.Integer(), nullable=True),
        sa.Column("tells_reflection", sa.Boolean(), nullable=False),
        sa.Column("leaves_with_lesson", sa.Boolean(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=True),
        sa.Column("grading", sa.String(length=10), nullable=False),
        sa.Column("review_step", sa.String(length=10), nullable=False),
        sa.Column("review_since", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("use_count", sa.Integer(), nullable=False),
        sa.Column("rating_count", sa.Integer(), nullable=False),
        sa.Column("rating_sum", sa.Integer(), nullable=False),
        sa.Column("rating_score", sa.Integer(), nullable=False),
        sa.Column("takedown_reason", sa.String(length=300), nullable=False),
        sa.Column("removed_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["county_id"], ["organization.id"], name=op.f("fk_resource_county_id_organization")),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_resource_owner_id_user")),
        sa.ForeignKeyConstraint(["school_id"], ["organization.id"], name=op.f("fk_resource_school_id_organization")),
        sa.ForeignKeyConstraint(
            ["textbook_id"], ["textbook_node.id"], name=op.f("fk_resource_textbook_id_textbook_node")
        ),
        sa.ForeignKeyConstraint(["workshop_id"], ["workshop.id"], name=op.f("fk_resource_workshop_id_workshop")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource")),
    )
    with op.batch_alter_table("resource", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_resource_activity_id"), ["activity_id"], unique=False)
        batch_op.create_index(
            "ix_resource_counting",
            [
                "visibility",
                "removed_at",
                "subject",
                "county_id",
                "grading",
                "origin",
                "theme",
                "literacies",
                "kind",
                "stage",
                "grade",
                "edition",
                "volume",
                "school_id",
                "owner_id",
                "workshop_id",
                "org_path",
            ],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_resource_county_id"), ["county_id"], unique=False)
        batch_op.create_index("ix_resource_created_at_id", ["created_at", "id"], unique=False)
        batch_op.create_index("ix_resource_download_count_id", ["download_count", "id"], unique=False)
        batch_op.create_index("ix_resource_lesson_subject", ["lesson", "subject"], unique=False)
        batch_op.create_index(batch_op.f("ix_resource_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_resource_plan_id"), ["plan_id"], unique=False)
        batch_op.create_index("ix_resource_rating_score_id", ["rating_score", "id"], unique=False)
        batch_op.create_index(
            "ix_resource_review_step_review_since", ["review_step", "review_since", "id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_resource_school_id"), ["school_id"], unique=False)
        batch_op.create_index("ix_resource_subject_created_at", ["subject", "created_at"], unique=False)
        batch_op.create_index("ix_resource_subject_download_count", ["subject", "download_count", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_resource_taught_lesson_id"), ["taught_lesson_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_resource_textbook_id"), ["textbook_id"], unique=False)
        batch_op.create_index("ix_resource_title_key_id", ["title_key", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_resource_workshop_id"), ["workshop_id"], unique=False)

    op.create_table(
        "resource_upload",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("stored_file_id", sa.Integer(), nullable=False),
        sa.Column("extension", sa.String(length=10), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("duration_ms", sa.BigInteger(), nullable=True),
        sa.Column("guess", sa.JSON(), nullable=False),
        sa.Column("proposals", sa.JSON(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=True),
        sa.Column("path", sa.String(length=400), nullable=False),
        sa.Column("arrival_key", sa.String(length=64), nullable=True),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["resource_import.id"], name=op.f("fk_resource_upload_import_id_resource_import")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_resource_upload_owner_id_user")),
        sa.ForeignKeyConstraint(
            ["stored_file_id"], ["stored_file.id"], name=op.f("fk_resource_upload_stored_file_id_stored_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource_upload")),
        sa.UniqueConstraint("owner_id", "arrival_key", name=op.f("uq_resource_upload_owner_id_arrival_key")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("resource_upload", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_resource_upload_import_id"), ["import_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_resource_upload_owner_id"), ["owner_id"], unique=False)

    op.create_table(
        "search_saved_hit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("saved_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("object_id", sa.Integer(), nullable=False),
        sa.Column("found_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("seen_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["saved_id"],
            ["search_saved.id"],
            name=op.f("fk_search_saved_hit_saved_id_search_saved"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_saved_hit")),
        sa.UniqueConstraint("saved_id", "kind", "object_id", name=op.f("uq_search_saved_hit_saved_id_kind_object_id")),
    )
    op.create_table(
        "teacher_import_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("id_number", sa.String(length=40), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["import_id"], ["teacher_import.id"], name=op.f("fk_teacher_import_row_import_id_teacher_import")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_teacher_import_row_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teacher_import_row")),
        sa.UniqueConstraint("import_id", "number", name=op.f("uq_teacher_import_row_import_id_number")),
    )
    with op.batch_alter_table("teacher_import_row", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_teacher_import_row_user_id"), ["user_id"], unique=False)

    op.create_table(
        "term_stage",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workshop_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("goal", sa.String(length=300), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("client_uuid", sa.String(length=36), nullable=False),
        sa.Column("deleted_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["workshop_id"], ["workshop.id"], name=op.f("fk_term_stage_workshop_id_workshop"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_term_stage")),
        sa.UniqueConstraint("workshop_id", "client_uuid", name=op.f("uq_term_stage_workshop_id_client_uuid")),
    )
    op.create_table(
        "text_signature",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workshop_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=4), nullable=False),
        sa.Column("object_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("made_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("near_id", sa.Integer(), nullable=True),
        sa.Column("near_percent", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_text_signature_author_id_user")),
        sa.ForeignKeyConstraint(
            ["near_id"],
            ["text_signature.id"],
            name=op.f("fk_text_signature_near_id_text_signature"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["workshop_id"], ["workshop.id"], name=op.f("fk_text_signature_workshop_id_workshop"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text_signature")),
        sa.UniqueConstraint("kind", "object_id", name=op.f("uq_text_signature_kind_object_id")),
    )
    with op.batch_alter_table("text_signature", schema=None) as batch_op:
        batch_op.create_index("ix_text_signature_close", ["workshop_id", "near_percent"], unique=False)
        batch_op.create_index(batch_op.f("ix_text_signature_near_id"), ["near_id"], unique=False)
        batch_op.create_index("ix_text_signature_workshop", ["workshop_id", "made_at"], unique=False)

    op.create_table(
        "topic",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workshop_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("excerpt", sa.String(length=200), nullable=False),
        sa.Column("pinned_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("digest_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("locked_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("deleted_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("deleted_by_id", sa.Integer(), nullable=True),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.Column("replies_count", sa.Integer(), nullable=False),
        sa.Column("last_post_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("last_poster_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("rearranged_seq", sa.Integer(), nullable=False),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_topic_author_id_user")),
        sa.ForeignKeyConstraint(["deleted_by_id"], ["user.id"], name=op.f("fk_topic_deleted_by_id_user")),
        sa.ForeignKeyConstraint(["last_poster_id"], ["user.id"], name=op.f("fk_topic_last_poster_id_user")),
        sa.ForeignKeyConstraint(
            ["workshop_id"], ["workshop.id"], name=op.f("fk_topic_workshop_id_workshop"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topic")),
    )
    with op.batch_alter_table("topic", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_topic_author_id"), ["author_id"], unique=False)
        batch_op.create_index("ix_topic_latest_reply", ["workshop_id", "last_post_at", "id"], unique=False)
        batch_op.create_index("ix_topic_newest", ["workshop_id", "created_at", "id"], unique=False)
        batch_op.create_index("ix_topic_seq", ["workshop_id", "seq"], unique=False)

    op.create_table(
        "workshop_application",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workshop_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("message", sa.String(length=300), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["decided_by"], ["user.id"], name=op.f("fk_workshop_application_decided_by_user")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_workshop_application_user_id_user"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workshop_id"],
            ["workshop.id"],
            name=op.f("fk_workshop_application_workshop_id_workshop"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workshop_application")),
    )
    with op.batch_alter_table("workshop_application", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_workshop_application_user_id"), ["user_id"], unique=False)
        batch_op.create_index(
            "uq_workshop_application_pending",
            ["workshop_id", "user_id"],
            unique=True,
            sqlite_where=sa.text("state = 'pending'"),
            postgresql_where=sa.text("state = 'pending'"),
        )

    op.create_table(
        "workshop_archive",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workshop_id", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("expires_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("finished_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["user.id"], name=op.f("fk_workshop_archive_actor_id_user")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_workshop_archive_file_id_stored_file")),
        sa.ForeignKeyConstraint(
            ["workshop_id"], ["workshop.id"], name=op.f("fk_workshop_archive_workshop_id_workshop"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workshop_archive")),
    )
    with op.batch_alter_table("workshop_archive", schema=None) as batch_op:
        batch_op.create_index("ix_workshop_archive_seq", ["workshop_id", "seq"], unique=False)

    op.create_table(
        "workshop_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workshop_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=30), nullable=False),
        sa.ForeignKeyConstraint(
            ["workshop_id"], ["workshop.id"], name=op.f("fk_workshop_group_workshop_id_workshop"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workshop_group")),
        sa.UniqueConstraint("workshop_id", "name", name=op.f("uq_workshop_group_workshop_id_name")),
    )
    op.create_table(
        "workshop_invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workshop_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("inviter_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("decided_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["inviter_id"], ["user.id"], name=op.f("fk_workshop_invitation_inviter_id_user")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_workshop_invitation_user_id_user"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workshop_id"],
            ["workshop.id"],
            name=op.f("fk_workshop_invitation_workshop_id_workshop"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workshop_invitation")),
    )
    with op.batch_alter_table("workshop_invitation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_workshop_invitation_user_id"), ["user_id"], unique=False)
        batch_op.create_index(
            "uq_workshop_invitation_pending",
            ["workshop_id", "user_id"],
            unique=True,
            sqlite_where=sa.text("state = 'pending'"),
            postgresql_where=sa.text("state = 'pending'"),
        )

    op.create_table(
        "workshop_nudge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workshop_id", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("matter", sa.String(length=20), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("canceled_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["user.id"], name=op.f("fk_workshop_nudge_actor_id_user")),
        sa.ForeignKeyConstraint(
            ["workshop_id"], ["workshop.id"], name=op.f("fk_workshop_nudge_workshop_id_workshop"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workshop_nudge")),
    )
    with op.batch_alter_table("workshop_nudge", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_workshop_nudge_workshop_id"), ["workshop_id"], unique=False)

    op.create_table(
        "workshop_origin",
        sa.Column("workshop_id", sa.Integer(), nullable=False),
        sa.Column("archive_key", sa.String(length=64), nullable=False),
        sa.Column("archived_on", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["workshop_id"], ["workshop.id"], name=op.f("fk_workshop_origin_workshop_id_workshop"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workshop_id", name=op.f("pk_workshop_origin")),
        sa.UniqueConstraint("archive_key", name=op.f("uq_workshop_origin_archive_key")),
    )
    op.create_table(
        "workshop_picture",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workshop_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("is_draft", sa.Boolean(), nullable=False),
        sa.Column("is_restricted", sa.Boolean(), nullable=False),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_workshop_picture_file_id_stored_file")),
        sa.ForeignKeyConstraint(
            ["workshop_id"], ["workshop.id"], name=op.f("fk_workshop_picture_workshop_id_workshop"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workshop_picture")),
    )
    with op.batch_alter_table("workshop_picture", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_workshop_picture_workshop_id"), ["workshop_id"], unique=False)

    op.create_table(
        "workshop_promotion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workshop_id", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("kind_before", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["user.id"], name=op.f("fk_workshop_promotion_actor_id_user")),
        sa.ForeignKeyConstraint(
            ["workshop_id"],
            ["workshop.id"],
            name=op.f("fk_workshop_promotion_workshop_id_workshop"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workshop_promotion")),
    )
    with op.batch_alter_table("workshop_promotion", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_workshop_promotion_workshop_id"), ["workshop_id"], unique=False)

    op.create_table(
        "workshop_task",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workshop_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("asks_text", sa.Boolean(), nullable=False),
        sa.Column("asks_files", sa.Boolean(), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("scale", sa.String(length=10), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("reviewers", sa.Integer(), nullable=False),
        sa.Column("review_until", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("client_uuid", sa.String(length=36), nullable=False),
        sa.Column("reminded_for", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("deleted_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("edited_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_workshop_task_author_id_user")),
        sa.ForeignKeyConstraint(
            ["workshop_id"], ["workshop.id"], name=op.f("fk_workshop_task_workshop_id_workshop"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workshop_task")),
        sa.UniqueConstraint("author_id", "client_uuid", name=op.f("uq_workshop_task_author_id_client_uuid")),
    )
    with op.batch_alter_table("workshop_task", schema=None) as batch_op:
        batch_op.create_index("ix_workshop_task_due", ["workshop_id", "due_at", "id"], unique=False)
        batch_op.create_index("ix_workshop_task_seq", ["workshop_id", "seq"], unique=False)

    op.create_table(
        "workshop_visit",
        sa.Column("workshop_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_workshop_visit_user_id_user"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workshop_id"], ["workshop.id"], name=op.f("fk_workshop_visit_workshop_id_workshop"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workshop_id", "user_id", "day", name=op.f("pk_workshop_visit")),
    )
    with op.batch_alter_table("workshop_visit", schema=None) as batch_op:
        batch_op.create_index("ix_workshop_visit_day", ["workshop_id", "day"], unique=False)

    op.create_table(
        "activity_record",
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("written_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name=op.f("fk_activity_record_activity_id_activity"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("activity_id", name=op.f("pk_activity_record")),
    )
    op.create_table(
        "activity_reflection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("handed_in_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("changed_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activity.id"],
            name=op.f("fk_activity_reflection_activity_id_activity"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_activity_reflection_author_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_reflection")),
        sa.UniqueConstraint("activity_id", "author_id", name=op.f("uq_activity_reflection_activity_id_author_id")),
    )
    with op.batch_alter_table("activity_reflection", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_activity_reflection_author_id"), ["author_id"], unique=False)

    op.create_table(
        "attendance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("arrived_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("signed_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("marked_by_id", sa.Integer(), nullable=True),
        sa.Column("marked_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"], ["activity.id"], name=op.f("fk_attendance_activity_id_activity"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["marked_by_id"], ["user.id"], name=op.f("fk_attendance_marked_by_id_user")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_attendance_user_id_user"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance")),
        sa.UniqueConstraint("activity_id", "user_id", name=op.f("uq_attendance_activity_id_user_id")),
    )
    with op.batch_alter_table("attendance", schema=None) as batch_op:
        batch_op.create_index("ix_attendance_seq", ["activity_id", "seq"], unique=False)
        batch_op.create_index(batch_op.f("ix_attendance_user_id"), ["user_id"], unique=False)

    op.create_table(
        "bulletin_reading",
        sa.Column("bulletin_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["bulletin_id"], ["bulletin.id"], name=op.f("fk_bulletin_reading_bulletin_id_bulletin"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_bulletin_reading_user_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("bulletin_id", "user_id", name=op.f("pk_bulletin_reading")),
    )
    with op.batch_alter_table("bulletin_reading", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bulletin_reading_user_id"), ["user_id"], unique=False)

    op.create_table(
        "bulletin_section",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bulletin_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("included", sa.Boolean(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("filled_html", sa.Text(), nullable=False),
        sa.Column("table", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("edited_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["bulletin_id"], ["bulletin.id"], name=op.f("fk_bulletin_section_bulletin_id_bulletin"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["edited_by_id"], ["user.id"], name=op.f("fk_bulletin_section_edited_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulletin_section")),
        sa.UniqueConstraint("bulletin_id", "kind", name=op.f("uq_bulletin_section_bulletin_id_kind")),
    )
    op.create_table(
        "debate",
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("side_a", sa.String(length=30), nullable=False),
        sa.Column("side_b", sa.String(length=30), nullable=False),
        sa.Column("views_first", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_debate_topic_id_topic"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("topic_id", name=op.f("pk_debate")),
    )
    op.create_table(
        "evaluation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("observer_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("strengths", sa.Text(), nullable=False),
        sa.Column("advice", sa.Text(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("submitted_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["lesson_id"], ["lesson.id"], name=op.f("fk_evaluation_lesson_id_lesson"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["observer_id"], ["user.id"], name=op.f("fk_evaluation_observer_id_user")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["rubric_version.id"], name=op.f("fk_evaluation_version_id_rubric_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evaluation")),
        sa.UniqueConstraint("lesson_id", "observer_id", name=op.f("uq_evaluation_lesson_id_observer_id")),
    )
    with op.batch_alter_table("evaluation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_evaluation_observer_id"), ["observer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_evaluation_version_id"), ["version_id"], unique=False)

    op.create_table(
        "lesson_admission_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("refused_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["lesson_id"], ["lesson.id"], name=op.f("fk_lesson_admission_request_lesson_id_lesson"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_lesson_admission_request_user_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesson_admission_request")),
        sa.UniqueConstraint("lesson_id", "user_id", name=op.f("uq_lesson_admission_request_lesson_id_user_id")),
    )
    with op.batch_alter_table("lesson_admission_request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lesson_admission_request_user_id"), ["user_id"], unique=False)

    op.create_table(
        "lesson_alignment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=False),
        sa.Column("anchors", sa.JSON(), nullable=False),
        sa.Column("saved_by_id", sa.Integer(), nullable=False),
        sa.Column("saved_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["first_id"], ["lesson.id"], name=op.f("fk_lesson_alignment_first_id_lesson"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["saved_by_id"], ["user.id"], name=op.f("fk_lesson_alignment_saved_by_id_user")),
        sa.ForeignKeyConstraint(
            ["second_id"], ["lesson.id"], name=op.f("fk_lesson_alignment_second_id_lesson"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesson_alignment")),
        sa.UniqueConstraint("first_id", "second_id", name=op.f("uq_lesson_alignment_first_id_second_id")),
    )
    with op.batch_alter_table("lesson_alignment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lesson_alignment_saved_by_id"), ["saved_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_lesson_alignment_second_id"), ["second_id"], unique=False)

    op.create_table(
        "lesson_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("attended_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["lesson_id"], ["lesson.id"], name=op.f("fk_lesson_member_lesson_id_lesson"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_lesson_member_user_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesson_member")),
        sa.UniqueConstraint("lesson_id", "user_id", name=op.f("uq_lesson_member_lesson_id_user_id")),
    )
    with op.batch_alter_table("lesson_member", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lesson_member_user_id"), ["user_id"], unique=False)

    op.create_table(
        "lesson_pack",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("maker_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("with_recording", sa.Boolean(), nullable=False),
        sa.Column("holds_scores", sa.Boolean(), nullable=False),
        sa.Column("holds_plan", sa.Boolean(), nullable=False),
        sa.Column("contents", sa.JSON(), nullable=False),
        sa.Column("progress", sa.Integer(), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("made_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_lesson_pack_file_id_stored_file")),
        sa.ForeignKeyConstraint(
            ["lesson_id"], ["lesson.id"], name=op.f("fk_lesson_pack_lesson_id_lesson"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["maker_id"], ["user.id"], name=op.f("fk_lesson_pack_maker_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesson_pack")),
    )
    with op.batch_alter_table("lesson_pack", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lesson_pack_maker_id"), ["maker_id"], unique=False)
        batch_op.create_index("ix_lesson_pack_seq", ["lesson_id", "seq"], unique=False)

    op.create_table(
        "lesson_perspective",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("dimension", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("prompts", sa.Text(), nullable=False),
        sa.Column("instrument", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("retired_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["lesson_id"], ["lesson.id"], name=op.f("fk_lesson_perspective_lesson_id_lesson"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesson_perspective")),
        sa.UniqueConstraint("lesson_id", "key", "number", name=op.f("uq_lesson_perspective_lesson_id_key_number")),
    )
    op.create_table(
        "lesson_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("subject", sa.String(length=20), nullable=False),
        sa.Column("stage", sa.String(length=10), nullable=False),
        sa.Column("grade", sa.String(length=10), nullable=False),
        sa.Column("edition", sa.String(length=20), nullable=False),
        sa.Column("volume", sa.String(length=20), nullable=False),
        sa.Column("unit", sa.String(length=60), nullable=False),
        sa.Column("lesson", sa.String(length=60), nullable=False),
        sa.Column("periods", sa.Integer(), nullable=False),
        sa.Column("template", sa.String(length=30), nullable=False),
        sa.Column("template_version_id", sa.Integer(), nullable=True),
        sa.Column("visibility", sa.String(length=10), nullable=False),
        sa.Column("workshop_writes", sa.Boolean(), nullable=False),
        sa.Column("readers_propose", sa.Boolean(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=True),
        sa.Column("county_id", sa.Integer(), nullable=True),
        sa.Column("workshop_id", sa.Integer(), nullable=True),
        sa.Column("activity_id", sa.Integer(), nullable=True),
        sa.Column("edited_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("edited_by_id", sa.Integer(), nullable=True),
        sa.Column("phase", sa.String(length=10), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name=op.f("fk_lesson_plan_activity_id_activity")),
        sa.ForeignKeyConstraint(["county_id"], ["organization.id"], name=op.f("fk_lesson_plan_county_id_organization")),
        sa.ForeignKeyConstraint(["edited_by_id"], ["user.id"], name=op.f("fk_lesson_plan_edited_by_id_user")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_lesson_plan_organization_id_organization")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_lesson_plan_owner_id_user")),
        sa.ForeignKeyConstraint(["school_id"], ["organization.id"], name=op.f("fk_lesson_plan_school_id_organization")),
        sa.ForeignKeyConstraint(["workshop_id"], ["workshop.id"], name=op.f("fk_lesson_plan_workshop_id_workshop")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesson_plan")),
        sa.UniqueConstraint("activity_id", name=op.f("uq_lesson_plan_activity_id")),
    )
    with op.batch_alter_table("lesson_plan", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lesson_plan_county_id"), ["county_id"], unique=False)
        batch_op.create_index("ix_lesson_plan_edited_at", ["edited_at", "id"], unique=False)
        batch_op.create_index("ix_lesson_plan_owner_id_edited_at", ["owner_id", "edited_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_lesson_plan_school_id"), ["school_id"], unique=False)
        batch_op.create_index("ix_lesson_plan_workshop_id_edited_at", ["workshop_id", "edited_at", "id"], unique=False)

    op.create_table(
        "lesson_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=12), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("written_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_lesson_text_author_id_user")),
        sa.ForeignKeyConstraint(
            ["lesson_id"], ["lesson.id"], name=op.f("fk_lesson_text_lesson_id_lesson"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesson_text")),
        sa.UniqueConstraint("lesson_id", "key", name=op.f("uq_lesson_text_lesson_id_key")),
    )
    with op.batch_alter_table("lesson_text", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lesson_text_author_id"), ["author_id"], unique=False)

    op.create_table(
        "lesson_watching",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("first_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["lesson_id"], ["lesson.id"], name=op.f("fk_lesson_watching_lesson_id_lesson"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_lesson_watching_user_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesson_watching")),
        sa.UniqueConstraint("lesson_id", "user_id", "day", name=op.f("uq_lesson_watching_lesson_id_user_id_day")),
    )
    with op.batch_alter_table("lesson_watching", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lesson_watching_user_id"), ["user_id"], unique=False)

    op.create_table(
        "observation_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("asker_id", sa.Integer(), nullable=False),
        sa.Column("teacher_id", sa.Integer(), nullable=False),
        sa.Column("wished_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("words", sa.String(length=300), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("answer", sa.String(length=300), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=True),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["asker_id"], ["user.id"], name=op.f("fk_observation_request_asker_id_user"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["lesson_id"], ["lesson.id"], name=op.f("fk_observation_request_lesson_id_lesson"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["teacher_id"], ["user.id"], name=op.f("fk_observation_request_teacher_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_observation_request")),
    )
    with op.batch_alter_table("observation_request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_observation_request_asker_id"), ["asker_id"], unique=False)
        batch_op.create_index("ix_observation_request_teacher", ["teacher_id", "state"], unique=False)

    op.create_table(
        "poll",
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("max_choices", sa.Integer(), nullable=False),
        sa.Column("anonymous", sa.Boolean(), nullable=False),
        sa.Column("results", sa.String(length=8), nullable=False),
        sa.Column("closes_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("closed_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("ballot_key", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_poll_topic_id_topic"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("topic_id", name=op.f("pk_poll")),
    )
    op.create_table(
        "post",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("quote_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("client_uuid", sa.String(length=36), nullable=False),
        sa.Column("likes_count", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("edited_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_post_author_id_user")),
        sa.ForeignKeyConstraint(["parent_id"], ["post.id"], name=op.f("fk_post_parent_id_post")),
        sa.ForeignKeyConstraint(["quote_id"], ["post.id"], name=op.f("fk_post_quote_id_post")),
        sa.ForeignKeyConstraint(["topic_id"], ["topic.id"], name=op.f("fk_post_topic_id_topic"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["withdrawn_by_id"], ["user.id"], name=op.f("fk_post_withdrawn_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post")),
        sa.UniqueConstraint("author_id", "client_uuid", name=op.f("uq_post_author_id_client_uuid")),
        sa.UniqueConstraint("topic_id", "number", name=op.f("uq_post_topic_id_number")),
    )
    with op.batch_alter_table("post", schema=None) as batch_op:
        batch_op.create_index("ix_post_author_created", ["author_id", "created_at"], unique=False)
        batch_op.create_index(
            "ix_post_figures",
            ["topic_id", "created_at", "author_id", "number", "parent_id", "withdrawn_at"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_post_parent_id"), ["parent_id"], unique=False)
        batch_op.create_index("ix_post_seq", ["topic_id", "seq"], unique=False)

    op.create_table(
        "recording",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["lesson_id"], ["lesson.id"], name=op.f("fk_recording_lesson_id_lesson"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recording")),
        sa.UniqueConstraint("lesson_id", name=op.f("uq_recording_lesson_id")),
    )
    op.create_table(
        "resource_collection_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("collection_id", sa.Integer(), nullable=False),
        sa.Column("resource_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["collection_id"],
            ["resource_collection.id"],
            name=op.f("fk_resource_collection_item_collection_id_resource_collection"),
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resource.id"], name=op.f("fk_resource_collection_item_resource_id_resource")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource_collection_item")),
        sa.UniqueConstraint(
            "collection_id", "resource_id", name=op.f("uq_resource_collection_item_collection_id_resource_id")
        ),
    )
    with op.batch_alter_table("resource_collection_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_resource_collection_item_resource_id"), ["resource_id"], unique=False)

    op.create_table(
        "resource_comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("resource_id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("client_uuid", sa.String(length=36), nullable=False),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_resource_comment_author_id_user")),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["resource_comment.id"], name=op.f("fk_resource_comment_parent_id_resource_comment")
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resource.id"], name=op.f("fk_resource_comment_resource_id_resource")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource_comment")),
        sa.UniqueConstraint("author_id", "client_uuid", name=op.f("uq_resource_comment_author_id_client_uuid")),
    )
    with op.batch_alter_table("resource_comment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_resource_comment_parent_id"), ["parent_id"], unique=False)
        batch_op.create_index("ix_resource_comment_resource_id_seq", ["resource_id", "seq"], unique=False)

    op.create_table(
        "resource_download",
        sa.Column("resource_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resource.id"], name=op.f("fk_resource_download_resource_id_resource")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_resource_download_user_id_user")),
        sa.PrimaryKeyConstraint("resource_id", "user_id", "day", name=op.f("pk_resource_download")),
    )
    with op.batch_alter_table("resource_download", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_resource_download_user_id"), ["user_id"], unique=False)

    op.create_table(
        "resource_favorite",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("resource_id", sa.Integer(), nullable=False),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resource.id"], name=op.f("fk_resource_favorite_resource_id_resource")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_resource_favorite_user_id_user")),
        sa.PrimaryKeyConstraint("user_id", "resource_id", name=op.f("pk_resource_favorite")),
    )
    with op.batch_alter_table("resource_favorite", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_resource_favorite_resource_id"), ["resource_id"], unique=False)

    op.create_table(
        "resource_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("resource_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("stored_file_id", sa.Integer(), nullable=False),
        sa.Column("extension", sa.String(length=10), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("uploader_id", sa.Integer(), nullable=False),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("duration_ms", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("plan_revision", sa.Integer(), nullable=True),
        sa.Column("arrival_id", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_resource_file_resource_id_resource")),
        sa.ForeignKeyConstraint(
            ["stored_file_id"], ["stored_file.id"], name=op.f("fk_resource_file_stored_file_id_stored_file")
        ),
        sa.ForeignKeyConstraint(["uploader_id"], ["user.id"], name=op.f("fk_resource_file_uploader_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource_file")),
        sa.UniqueConstraint("resource_id", "arrival_id", name=op.f("uq_resource_file_resource_id_arrival_id")),
        sa.UniqueConstraint("resource_id", "number", name=op.f("uq_resource_file_resource_id_number")),
    )
    op.create_table(
        "resource_import_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("upload_id", sa.Integer(), nullable=True),
        sa.Column("resource_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["import_id"], ["resource_import.id"], name=op.f("fk_resource_import_row_import_id_resource_import")
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resource.id"], name=op.f("fk_resource_import_row_resource_id_resource")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource_import_row")),
        sa.UniqueConstraint("import_id", "number", name=op.f("uq_resource_import_row_import_id_number")),
    )
    with op.batch_alter_table("resource_import_row", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_resource_import_row_resource_id"), ["resource_id"], unique=False)

    op.create_table(
        "resource_rating",
        sa.Column("resource_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("stars", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_resource_rating_resource_id_resource")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_resource_rating_user_id_user")),
        sa.PrimaryKeyConstraint("resource_id", "user_id", name=op.f("pk_resource_rating")),
    )
    with op.batch_alter_table("resource_rating", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_resource_rating_user_id"), ["user_id"], unique=False)

    op.create_table(
        "resource_use",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("resource_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("taught_on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_resource_use_resource_id_resource")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_resource_use_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource_use")),
        sa.UniqueConstraint(
            "resource_id", "user_id", "taught_on", name=op.f("uq_resource_use_resource_id_user_id_taught_on")
        ),
    )
    with op.batch_alter_table("resource_use", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_resource_use_user_id"), ["user_id"], unique=False)

    op.create_table(
        "resource_view",
        sa.Column("resource_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_resource_view_resource_id_resource")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_resource_view_user_id_user")),
        sa.PrimaryKeyConstraint("resource_id", "user_id", "day", name=op.f("pk_resource_view")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("resource_view", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_resource_view_user_id"), ["user_id"], unique=False)

    op.create_table(
        "second_teaching",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=False),
        sa.Column("linked_by_id", sa.Integer(), nullable=False),
        sa.Column("linked_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["first_id"], ["lesson.id"], name=op.f("fk_second_teaching_first_id_lesson"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["linked_by_id"], ["user.id"], name=op.f("fk_second_teaching_linked_by_id_user")),
        sa.ForeignKeyConstraint(
            ["second_id"], ["lesson.id"], name=op.f("fk_second_teaching_second_id_lesson"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_teaching")),
        sa.UniqueConstraint("second_id", name=op.f("uq_second_teaching_second_id")),
    )
    with op.batch_alter_table("second_teaching", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_second_teaching_first_id"), ["first_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_second_teaching_linked_by_id"), ["linked_by_id"], unique=False)

    op.create_table(
        "term_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workshop_id", sa.Integer(), nullable=False),
        sa.Column("stage_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=True),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("client_uuid", sa.String(length=36), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=False),
        sa.Column("deleted_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["user.id"], name=op.f("fk_term_item_created_by_user")),
        sa.ForeignKeyConstraint(
            ["stage_id"], ["term_stage.id"], name=op.f("fk_term_item_stage_id_term_stage"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workshop_id"], ["workshop.id"], name=op.f("fk_term_item_workshop_id_workshop"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_term_item")),
        sa.UniqueConstraint("workshop_id", "client_uuid", name=op.f("uq_term_item_workshop_id_client_uuid")),
    )
    with op.batch_alter_table("term_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_term_item_stage_id"), ["stage_id"], unique=False)
        batch_op.create_index("ix_term_item_target", ["kind", "target_id"], unique=False)

    op.create_table(
        "text_band",
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("text_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["text_id"], ["text_signature.id"], name=op.f("fk_text_band_text_id_text_signature"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", "text_id", name=op.f("pk_text_band")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("text_band", schema=None) as batch_op:
        batch_op.create_index("ix_text_band_text", ["text_id"], unique=False)

    op.create_table(
        "textbook_remap_step",
        sa.Column("remap_id", sa.Integer(), nullable=False),
        sa.Column("resource_id", sa.Integer(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["remap_id"], ["textbook_remap.id"], name=op.f("fk_textbook_remap_step_remap_id_textbook_remap")
        ),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resource.id"], name=op.f("fk_textbook_remap_step_resource_id_resource")
        ),
        sa.PrimaryKeyConstraint("remap_id", "resource_id", name=op.f("pk_textbook_remap_step")),
    )
    with op.batch_alter_table("textbook_remap_step", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_textbook_remap_step_resource_id"), ["resource_id"], unique=False)

    op.create_table(
        "topic_requirement",
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("posts", sa.Integer(), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.Column("min_length", sa.Integer(), nullable=False),
        sa.Column("post_points", sa.Integer(), nullable=False),
        sa.Column("answer_points", sa.Integer(), nullable=False),
        sa.Column("total_points", sa.Integer(), nullable=False),
        sa.Column("changed_by_id", sa.Integer(), nullable=False),
        sa.Column("changed_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("asked_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("due_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("reminded_for", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["changed_by_id"], ["user.id"], name=op.f("fk_topic_requirement_changed_by_id_user")),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["topic.id"], name=op.f("fk_topic_requirement_topic_id_topic"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("topic_id", name=op.f("pk_topic_requirement")),
    )
    op.create_table(
        "topic_visit",
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("last_seen_number", sa.Integer(), nullable=False),
        sa.Column("seen_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("opened_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["topic.id"], name=op.f("fk_topic_visit_topic_id_topic"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_topic_visit_user_id_user"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("topic_id", "user_id", name=op.f("pk_topic_visit")),
    )
    op.create_table(
        "workshop_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workshop_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=12), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("rights", sa.String(length=100), nullable=True),
        sa.Column("joined_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("visited_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["workshop_group.id"],
            name=op.f("fk_workshop_member_group_id_workshop_group"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_workshop_member_user_id_user"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workshop_id"], ["workshop.id"], name=op.f("fk_workshop_member_workshop_id_workshop"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workshop_member")),
        sa.UniqueConstraint("workshop_id", "user_id", name=op.f("uq_workshop_member_workshop_id_user_id")),
    )
    with op.batch_alter_table("workshop_member", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_workshop_member_group_id"), ["group_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_workshop_member_user_id"), ["user_id"], unique=False)

    op.create_table(
        "workshop_nudge_recipient",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("nudge_id", sa.Integer(), nullable=False),
        sa.Column("workshop_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("matter", sa.String(length=20), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("told_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["nudge_id"],
            ["workshop_nudge.id"],
            name=op.f("fk_workshop_nudge_recipient_nudge_id_workshop_nudge"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_workshop_nudge_recipient_user_id_user"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workshop_id"],
            ["workshop.id"],
            name=op.f("fk_workshop_nudge_recipient_workshop_id_workshop"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workshop_nudge_recipient")),
        sa.UniqueConstraint(
            "workshop_id",
            "user_id",
            "matter",
            "item_id",
            "day",
            name=op.f("uq_workshop_nudge_recipient_workshop_id_user_id_matter_item_id_day"),
        ),
    )
    with op.batch_alter_table("workshop_nudge_recipient", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_workshop_nudge_recipient_nudge_id"), ["nudge_id"], unique=False)

    op.create_table(
        "workshop_submission",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("standing", sa.String(length=10), nullable=False),
        sa.Column("copies_count", sa.Integer(), nullable=False),
        sa.Column("handed_in_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("grade", sa.String(length=10), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("marked_by_id", sa.Integer(), nullable=True),
        sa.Column("marked_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("excellent_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["marked_by_id"], ["user.id"], name=op.f("fk_workshop_submission_marked_by_id_user")),
        sa.ForeignKeyConstraint(
            ["task_id"],
            ["workshop_task.id"],
            name=op.f("fk_workshop_submission_task_id_workshop_task"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_workshop_submission_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workshop_submission")),
        sa.UniqueConstraint("task_id", "user_id", name=op.f("uq_workshop_submission_task_id_user_id")),
    )
    with op.batch_alter_table("workshop_submission", schema=None) as batch_op:
        batch_op.create_index("ix_workshop_submission_queue", ["task_id", "standing", "id"], unique=False)
        batch_op.create_index("ix_workshop_submission_seq", ["task_id", "seq"], unique=False)
        batch_op.create_index(batch_op.f("ix_workshop_submission_user_id"), ["user_id"], unique=False)

    op.create_table(
        "workshop_task_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_file.id"], name=op.f("fk_workshop_task_file_file_id_stored_file")
        ),
        sa.ForeignKeyConstraint(
            ["task_id"],
            ["workshop_task.id"],
            name=op.f("fk_workshop_task_file_task_id_workshop_task"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workshop_task_file")),
    )
    with op.batch_alter_table("workshop_task_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_workshop_task_file_task_id"), ["task_id"], unique=False)

    op.create_table(
        "accepted_answer",
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("accepted_by_id", sa.Integer(), nullable=False),
        sa.Column("accepted_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["accepted_by_id"], ["user.id"], name=op.f("fk_accepted_answer_accepted_by_id_user")),
        sa.ForeignKeyConstraint(
            ["post_id"], ["post.id"], name=op.f("fk_accepted_answer_post_id_post"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["topic.id"], name=op.f("fk_accepted_answer_topic_id_topic"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("topic_id", name=op.f("pk_accepted_answer")),
    )
    with op.batch_alter_table("accepted_answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_accepted_answer_post_id"), ["post_id"], unique=False)

    op.create_table(
        "activity_record_part",
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activity_record.activity_id"],
            name=op.f("fk_activity_record_part_activity_id_activity_record"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("activity_id", "name", name=op.f("pk_activity_record_part")),
    )
    op.create_table(
        "activity_record_writer",
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["activity_id"],
            ["activity_record.activity_id"],
            name=op.f("fk_activity_record_writer_activity_id_activity_record"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_activity_record_writer_user_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("activity_id", "user_id", name=op.f("pk_activity_record_writer")),
    )
    op.create_table(
        "debate_move",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("from_side", sa.String(length=1), nullable=False),
        sa.Column("to_side", sa.String(length=1), nullable=False),
        sa.Column("moved_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["debate.topic_id"], name=op.f("fk_debate_move_topic_id_debate"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_debate_move_user_id_user"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_debate_move")),
    )
    with op.batch_alter_table("debate_move", schema=None) as batch_op:
        batch_op.create_index("ix_debate_move_latest", ["topic_id", "id"], unique=False)

    op.create_table(
        "debate_stand",
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(length=1), nullable=False),
        sa.Column("stated_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["debate.topic_id"], name=op.f("fk_debate_stand_topic_id_debate"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_debate_stand_user_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("topic_id", "user_id", name=op.f("pk_debate_stand")),
    )
    with op.batch_alter_table("debate_stand", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_debate_stand_user_id"), ["user_id"], unique=False)

    op.create_table(
        "pack_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pack_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("upload_id", sa.Integer(), nullable=True),
        sa.Column("arrival", sa.String(length=32), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("progress", sa.Integer(), nullable=True),
        sa.Column("is_same", sa.Boolean(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("unlisted", sa.Integer(), nullable=False),
        sa.Column("problem", sa.String(length=12), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("finished_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["pack_id"], ["lesson_pack.id"], name=op.f("fk_pack_check_pack_id_lesson_pack"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["upload_id"], ["stored_file.id"], name=op.f("fk_pack_check_upload_id_stored_file")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pack_check")),
        sa.UniqueConstraint("arrival", name=op.f("uq_pack_check_arrival")),
    )
    with op.batch_alter_table("pack_check", schema=None) as batch_op:
        batch_op.create_index("ix_pack_check_seq", ["pack_id", "seq"], unique=False)

    op.create_table(
        "perspective_finding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("perspective_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("written_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_perspective_finding_author_id_user")),
        sa.ForeignKeyConstraint(
            ["perspective_id"],
            ["lesson_perspective.id"],
            name=op.f("fk_perspective_finding_perspective_id_lesson_perspective"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_perspective_finding")),
        sa.UniqueConstraint(
            "perspective_id", "author_id", name=op.f("uq_perspective_finding_perspective_id_author_id")
        ),
    )
    with op.batch_alter_table("perspective_finding", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_perspective_finding_author_id"), ["author_id"], unique=False)

    op.create_table(
        "perspective_watcher",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("perspective_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("dealer_id", sa.Integer(), nullable=False),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["dealer_id"], ["user.id"], name=op.f("fk_perspective_watcher_dealer_id_user")),
        sa.ForeignKeyConstraint(
            ["perspective_id"],
            ["lesson_perspective.id"],
            name=op.f("fk_perspective_watcher_perspective_id_lesson_perspective"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_perspective_watcher_user_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_perspective_watcher")),
        sa.UniqueConstraint("perspective_id", "user_id", name=op.f("uq_perspective_watcher_perspective_id_user_id")),
    )
    with op.batch_alter_table("perspective_watcher", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_perspective_watcher_dealer_id"), ["dealer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_perspective_watcher_user_id"), ["user_id"], unique=False)

    op.create_table(
        "plan_adaptation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("teacher_id", sa.Integer(), nullable=False),
        sa.Column("base", sa.Integer(), nullable=False),
        sa.Column("bases", sa.JSON(), nullable=False),
        sa.Column("changed_sections", sa.Integer(), nullable=False),
        sa.Column("changed_characters", sa.Integer(), nullable=False),
        sa.Column("taught_on", sa.Date(), nullable=True),
        sa.Column("asked_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("reflected_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["lesson_plan.id"], name=op.f("fk_plan_adaptation_plan_id_lesson_plan")),
        sa.ForeignKeyConstraint(
            ["source_id"], ["lesson_plan.id"], name=op.f("fk_plan_adaptation_source_id_lesson_plan")
        ),
        sa.ForeignKeyConstraint(["teacher_id"], ["user.id"], name=op.f("fk_plan_adaptation_teacher_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_adaptation")),
        sa.UniqueConstraint("plan_id", name=op.f("uq_plan_adaptation_plan_id")),
        sa.UniqueConstraint("source_id", "teacher_id", name=op.f("uq_plan_adaptation_source_id_teacher_id")),
    )
    with op.batch_alter_table("plan_adaptation", schema=None) as batch_op:
        batch_op.create_index("ix_plan_adaptation_teacher_id", ["teacher_id", "reflected_at"], unique=False)

    op.create_table(
        "plan_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("checker_id", sa.Integer(), nullable=False),
        sa.Column("grade", sa.String(length=10), nullable=False),
        sa.Column("remark", sa.String(length=500), nullable=False),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["checker_id"], ["user.id"], name=op.f("fk_plan_check_checker_id_user")),
        sa.ForeignKeyConstraint(["plan_id"], ["lesson_plan.id"], name=op.f("fk_plan_check_plan_id_lesson_plan")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_check")),
    )
    with op.batch_alter_table("plan_check", schema=None) as batch_op:
        batch_op.create_index("ix_plan_check_checker_id", ["checker_id", "created_at"], unique=False)
        batch_op.create_index("ix_plan_check_plan_id", ["plan_id", "created_at"], unique=False)

    op.create_table(
        "plan_contributor",
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("first_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("last_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["lesson_plan.id"], name=op.f("fk_plan_contributor_plan_id_lesson_plan")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_plan_contributor_user_id_user")),
        sa.PrimaryKeyConstraint("plan_id", "user_id", name=op.f("pk_plan_contributor")),
    )
    op.create_table(
        "plan_credit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("client", sa.BigInteger(), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["plan_id"], ["lesson_plan.id"], name=op.f("fk_plan_credit_plan_id_lesson_plan")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_plan_credit_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_credit")),
    )
    with op.batch_alter_table("plan_credit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_credit_plan_id"), ["plan_id"], unique=False)

    op.create_table(
        "plan_departure",
        sa.Column("workshop_id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["lesson_plan.id"], name=op.f("fk_plan_departure_plan_id_lesson_plan")),
        sa.ForeignKeyConstraint(
            ["workshop_id"], ["workshop.id"], name=op.f("fk_plan_departure_workshop_id_workshop"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workshop_id", "plan_id", name=op.f("pk_plan_departure")),
    )
    with op.batch_alter_table("plan_departure", schema=None) as batch_op:
        batch_op.create_index("ix_plan_departure_seq", ["workshop_id", "seq"], unique=False)

    op.create_table(
        "plan_history",
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.Column("is_beginning", sa.Boolean(), nullable=False),
        sa.Column("first_seq", sa.BigInteger(), nullable=False),
        sa.Column("last_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("grain_s", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["lesson_plan.id"], name=op.f("fk_plan_history_plan_id_lesson_plan")),
        sa.PrimaryKeyConstraint("plan_id", "last_seq", "is_beginning", name=op.f("pk_plan_history")),
    )
    with op.batch_alter_table("plan_history", schema=None) as batch_op:
        batch_op.create_index("ix_plan_history_grain_s", ["grain_s", "last_at"], unique=False)

    op.create_table(
        "plan_image",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("uploaded_by_id", sa.Integer(), nullable=False),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_plan_image_file_id_stored_file")),
        sa.ForeignKeyConstraint(["plan_id"], ["lesson_plan.id"], name=op.f("fk_plan_image_plan_id_lesson_plan")),
        sa.ForeignKeyConstraint(["uploaded_by_id"], ["user.id"], name=op.f("fk_plan_image_uploaded_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_image")),
    )
    with op.batch_alter_table("plan_image", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_image_plan_id"), ["plan_id"], unique=False)

    op.create_table(
        "plan_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("client_uuid", sa.String(length=36), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("update", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["user.id"], name=op.f("fk_plan_import_actor_id_user")),
        sa.ForeignKeyConstraint(["plan_id"], ["lesson_plan.id"], name=op.f("fk_plan_import_plan_id_lesson_plan")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_import")),
        sa.UniqueConstraint("actor_id", "client_uuid", name=op.f("uq_plan_import_actor_id_client_uuid")),
    )
    with op.batch_alter_table("plan_import", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_import_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_plan_import_plan_id"), ["plan_id"], unique=False)

    op.create_table(
        "plan_member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("invited_by_id", sa.Integer(), nullable=False),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("seen_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["invited_by_id"], ["user.id"], name=op.f("fk_plan_member_invited_by_id_user")),
        sa.ForeignKeyConstraint(["plan_id"], ["lesson_plan.id"], name=op.f("fk_plan_member_plan_id_lesson_plan")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_plan_member_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_member")),
        sa.UniqueConstraint("plan_id", "user_id", name=op.f("uq_plan_member_plan_id_user_id")),
    )
    with op.batch_alter_table("plan_member", schema=None) as batch_op:
        batch_op.create_index("ix_plan_member_user_id", ["user_id", "plan_id"], unique=False)

    op.create_table(
        "plan_place_step",
        sa.Column("remap_id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["lesson_plan.id"], name=op.f("fk_plan_place_step_plan_id_lesson_plan")),
        sa.PrimaryKeyConstraint("remap_id", "plan_id", name=op.f("pk_plan_place_step")),
    )
    with op.batch_alter_table("plan_place_step", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_place_step_plan_id"), ["plan_id"], unique=False)

    op.create_table(
        "plan_revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("characters", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("restored_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_plan_revision_author_id_user")),
        sa.ForeignKeyConstraint(["plan_id"], ["lesson_plan.id"], name=op.f("fk_plan_revision_plan_id_lesson_plan")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_revision")),
        sa.UniqueConstraint("plan_id", "number", name=op.f("uq_plan_revision_plan_id_number")),
    )
    op.create_table(
        "plan_snapshot",
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("head", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("log_rows", sa.Integer(), nullable=False),
        sa.Column("log_bytes", sa.Integer(), nullable=False),
        sa.Column("quarantined_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("updated_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["lesson_plan.id"], name=op.f("fk_plan_snapshot_plan_id_lesson_plan")),
        sa.PrimaryKeyConstraint("plan_id", name=op.f("pk_plan_snapshot")),
    )
    op.create_table(
        "plan_text",
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("characters", sa.Integer(), nullable=False),
        sa.Column("updated_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["lesson_plan.id"], name=op.f("fk_plan_text_plan_id_lesson_plan")),
        sa.PrimaryKeyConstraint("plan_id", name=op.f("pk_plan_text")),
    )
    op.create_table(
        "plan_update",
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("user_ids", sa.String(length=255), nullable=False),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["lesson_plan.id"], name=op.f("fk_plan_update_plan_id_lesson_plan")),
        sa.PrimaryKeyConstraint("plan_id", "seq", name=op.f("pk_plan_update")),
    )
    op.create_table(
        "poll_ballot",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("voter_id", sa.Integer(), nullable=True),
        sa.Column("voter_mark", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["poll.topic_id"], name=op.f("fk_poll_ballot_topic_id_poll"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["voter_id"], ["user.id"], name=op.f("fk_poll_ballot_voter_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poll_ballot")),
        sa.UniqueConstraint("topic_id", "voter_mark", name=op.f("uq_poll_ballot_topic_id_voter_mark")),
    )
    with op.batch_alter_table("poll_ballot", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_poll_ballot_voter_id"), ["voter_id"], unique=False)

    op.create_table(
        "poll_option",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["poll.topic_id"], name=op.f("fk_poll_option_topic_id_poll"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poll_option")),
        sa.UniqueConstraint("topic_id", "position", name=op.f("uq_poll_option_topic_id_position")),
    )
    op.create_table(
        "post_attachment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("thumbnail_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_post_attachment_file_id_stored_file")),
        sa.ForeignKeyConstraint(
            ["post_id"], ["post.id"], name=op.f("fk_post_attachment_post_id_post"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["thumbnail_id"], ["stored_file.id"], name=op.f("fk_post_attachment_thumbnail_id_stored_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_attachment")),
    )
    with op.batch_alter_table("post_attachment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_post_attachment_post_id"), ["post_id"], unique=False)

    op.create_table(
        "post_edit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("editor_id", sa.Integer(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["editor_id"], ["user.id"], name=op.f("fk_post_edit_editor_id_user")),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_post_edit_post_id_post"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post_edit")),
    )
    with op.batch_alter_table("post_edit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_post_edit_post_id"), ["post_id"], unique=False)

    op.create_table(
        "post_like",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_post_like_post_id_post"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_post_like_user_id_user"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("post_id", "user_id", name=op.f("pk_post_like")),
    )
    with op.batch_alter_table("post_like", schema=None) as batch_op:
        batch_op.create_index("ix_post_like_created", ["created_at"], unique=False)

    op.create_table(
        "post_mention",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["post_id"], ["post.id"], name=op.f("fk_post_mention_post_id_post"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_post_mention_user_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("post_id", "user_id", name=op.f("pk_post_mention")),
    )
    op.create_table(
        "post_side",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(length=1), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name=op.f("fk_post_side_post_id_post"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("post_id", name=op.f("pk_post_side")),
    )
    op.create_table(
        "recording_subtitles",
        sa.Column("recording_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("cues", sa.JSON(), nullable=False),
        sa.Column("uploader_id", sa.Integer(), nullable=False),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["recording_id"],
            ["recording.id"],
            name=op.f("fk_recording_subtitles_recording_id_recording"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["uploader_id"], ["user.id"], name=op.f("fk_recording_subtitles_uploader_id_user")),
        sa.PrimaryKeyConstraint("recording_id", name=op.f("pk_recording_subtitles")),
    )
    op.create_table(
        "recording_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recording_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("upload_id", sa.String(length=32), nullable=False),
        sa.Column("uploader_id", sa.Integer(), nullable=False),
        sa.Column("original_name", sa.String(length=200), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("progress", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("original_id", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("is_first_look", sa.Boolean(), nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=True),
        sa.Column("ready_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("lean_tried_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("synced_ms", sa.Integer(), nullable=True),
        sa.Column("synced_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("synced_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["original_id"], ["stored_file.id"], name=op.f("fk_recording_version_original_id_stored_file")
        ),
        sa.ForeignKeyConstraint(
            ["recording_id"],
            ["recording.id"],
            name=op.f("fk_recording_version_recording_id_recording"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["synced_by_id"], ["user.id"], name=op.f("fk_recording_version_synced_by_id_user")),
        sa.ForeignKeyConstraint(["uploader_id"], ["user.id"], name=op.f("fk_recording_version_uploader_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recording_version")),
        sa.UniqueConstraint("recording_id", "number", name=op.f("uq_recording_version_recording_id_number")),
        sa.UniqueConstraint("upload_id", name=op.f("uq_recording_version_upload_id")),
    )
    op.create_table(
        "resource_band",
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["resource_file.id"], name=op.f("fk_resource_band_file_id_resource_file")),
        sa.PrimaryKeyConstraint("key", "file_id", name=op.f("pk_resource_band")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("resource_band", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_resource_band_file_id"), ["file_id"], unique=False)

    op.create_table(
        "resource_content",
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("preview_kind", sa.String(length=16), nullable=False),
        sa.Column("preview_html", sa.Text(), nullable=False),
        sa.Column("preview_data", sa.JSON(), nullable=False),
        sa.Column("message", sa.String(length=200), nullable=False),
        sa.Column("near_file_id", sa.Integer(), nullable=True),
        sa.Column("near_percent", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["resource_file.id"], name=op.f("fk_resource_content_file_id_resource_file")
        ),
        sa.ForeignKeyConstraint(
            ["near_file_id"], ["resource_file.id"], name=op.f("fk_resource_content_near_file_id_resource_file")
        ),
        sa.PrimaryKeyConstraint("file_id", name=op.f("pk_resource_content")),
    )
    with op.batch_alter_table("resource_content", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_resource_content_near_file_id"), ["near_file_id"], unique=False)

    op.create_table(
        "resource_copy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("resource_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("base", sa.Integer(), nullable=False),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["resource_file.id"], name=op.f("fk_resource_copy_file_id_resource_file")),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_resource_copy_resource_id_resource")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_resource_copy_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource_copy")),
        sa.UniqueConstraint("plan_id", name=op.f("uq_resource_copy_plan_id")),
    )
    with op.batch_alter_table("resource_copy", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_resource_copy_file_id"), ["file_id"], unique=False)
        batch_op.create_index("ix_resource_copy_resource_id", ["resource_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_resource_copy_user_id"), ["user_id"], unique=False)

    op.create_table(
        "resource_preview_image",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("stored_file_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["resource_file.id"], name=op.f("fk_resource_preview_image_file_id_resource_file")
        ),
        sa.ForeignKeyConstraint(
            ["stored_file_id"], ["stored_file.id"], name=op.f("fk_resource_preview_image_stored_file_id_stored_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource_preview_image")),
        sa.UniqueConstraint("file_id", "number", name=op.f("uq_resource_preview_image_file_id_number")),
    )
    op.create_table(
        "resource_review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("resource_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=10), nullable=False),
        sa.Column("grading", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("reviewer_id", sa.Integer(), nullable=False),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["resource_file.id"], name=op.f("fk_resource_review_file_id_resource_file")
        ),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_resource_review_resource_id_resource")),
        sa.ForeignKeyConstraint(["reviewer_id"], ["user.id"], name=op.f("fk_resource_review_reviewer_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource_review")),
    )
    with op.batch_alter_table("resource_review", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_resource_review_resource_id"), ["resource_id"], unique=False)

    op.create_table(
        "resource_subtitles",
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("cues", sa.JSON(), nullable=False),
        sa.Column("uploader_id", sa.Integer(), nullable=False),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["resource_file.id"], name=op.f("fk_resource_subtitles_file_id_resource_file")
        ),
        sa.ForeignKeyConstraint(["uploader_id"], ["user.id"], name=op.f("fk_resource_subtitles_uploader_id_user")),
        sa.PrimaryKeyConstraint("file_id", name=op.f("pk_resource_subtitles")),
    )
    op.create_table(
        "score",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("evaluation_id", sa.Integer(), nullable=False),
        sa.Column("item_key", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["evaluation_id"], ["evaluation.id"], name=op.f("fk_score_evaluation_id_evaluation"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score")),
        sa.UniqueConstraint("evaluation_id", "item_key", name=op.f("uq_score_evaluation_id_item_key")),
    )
    op.create_table(
        "segment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recording_id", sa.Integer(), nullable=False),
        sa.Column("start_ms", sa.Integer(), nullable=False),
        sa.Column("end_ms", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recording.id"], name=op.f("fk_segment_recording_id_recording"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segment")),
    )
    with op.batch_alter_table("segment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_segment_recording_id"), ["recording_id"], unique=False)

    op.create_table(
        "term_tick",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("ticked_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["term_item.id"], name=op.f("fk_term_tick_item_id_term_item"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_term_tick_user_id_user"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("item_id", "user_id", name=op.f("pk_term_tick")),
    )
    op.create_table(
        "topic_relocation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("workshop_id", sa.Integer(), nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("posts_count", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("undo_until", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("undone_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["user.id"], name=op.f("fk_topic_relocation_actor_id_user")),
        sa.ForeignKeyConstraint(
            ["post_id"], ["post.id"], name=op.f("fk_topic_relocation_post_id_post"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["target_id"], ["topic.id"], name=op.f("fk_topic_relocation_target_id_topic"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["topic.id"], name=op.f("fk_topic_relocation_topic_id_topic"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workshop_id"], ["workshop.id"], name=op.f("fk_topic_relocation_workshop_id_workshop"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topic_relocation")),
    )
    with op.batch_alter_table("topic_relocation", schema=None) as batch_op:
        batch_op.create_index("ix_topic_relocation_address", ["workshop_id", "topic_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_topic_relocation_target_id"), ["target_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_topic_relocation_topic_id"), ["topic_id"], unique=False)

    op.create_table(
        "workshop_peer_review",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("reviewer_id", sa.Integer(), nullable=False),
        sa.Column("until", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("grade", sa.String(length=10), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("done_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("given_up_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["reviewer_id"], ["user.id"], name=op.f("fk_workshop_peer_review_reviewer_id_user")),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["workshop_submission.id"],
            name=op.f("fk_workshop_peer_review_submission_id_workshop_submission"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["task_id"],
            ["workshop_task.id"],
            name=op.f("fk_workshop_peer_review_task_id_workshop_task"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workshop_peer_review")),
        sa.UniqueConstraint(
            "submission_id", "reviewer_id", name=op.f("uq_workshop_peer_review_submission_id_reviewer_id")
        ),
    )
    with op.batch_alter_table("workshop_peer_review", schema=None) as batch_op:
        batch_op.create_index("ix_workshop_peer_review_reviewer", ["reviewer_id", "task_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_workshop_peer_review_task_id"), ["task_id"], unique=False)

    op.create_table(
        "workshop_picture_place",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("picture_id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=True),
        sa.Column("reflection_id", sa.Integer(), nullable=True),
        sa.Column("bulletin_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["bulletin_id"],
            ["bulletin.id"],
            name=op.f("fk_workshop_picture_place_bulletin_id_bulletin"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["picture_id"],
            ["workshop_picture.id"],
            name=op.f("fk_workshop_picture_place_picture_id_workshop_picture"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["reflection_id"],
            ["activity_reflection.id"],
            name=op.f("fk_workshop_picture_place_reflection_id_activity_reflection"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["workshop_submission.id"],
            name=op.f("fk_workshop_picture_place_submission_id_workshop_submission"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workshop_picture_place")),
    )
    with op.batch_alter_table("workshop_picture_place", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_workshop_picture_place_bulletin_id"), ["bulletin_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_workshop_picture_place_picture_id"), ["picture_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_workshop_picture_place_reflection_id"), ["reflection_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_workshop_picture_place_submission_id"), ["submission_id"], unique=False)

    op.create_table(
        "workshop_submission_copy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("client_uuid", sa.String(length=36), nullable=False),
        sa.Column("return_reason", sa.Text(), nullable=False),
        sa.Column("returned_by_id", sa.Integer(), nullable=True),
        sa.Column("returned_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["returned_by_id"], ["user.id"], name=op.f("fk_workshop_submission_copy_returned_by_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["workshop_submission.id"],
            name=op.f("fk_workshop_submission_copy_submission_id_workshop_submission"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workshop_submission_copy")),
        sa.UniqueConstraint(
            "submission_id", "client_uuid", name=op.f("uq_workshop_submission_copy_submission_id_client_uuid")
        ),
        sa.UniqueConstraint("submission_id", "number", name=op.f("uq_workshop_submission_copy_submission_id_number")),
    )
    op.create_table(
        "attention_sweep",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("observer_id", sa.Integer(), nullable=False),
        sa.Column("client_uuid", sa.String(length=36), nullable=False),
        sa.Column("taken_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=True),
        sa.Column("start_ms", sa.Integer(), nullable=True),
        sa.Column("pupils", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["lesson_id"], ["lesson.id"], name=op.f("fk_attention_sweep_lesson_id_lesson"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["observer_id"], ["user.id"], name=op.f("fk_attention_sweep_observer_id_user")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["recording_version.id"], name=op.f("fk_attention_sweep_version_id_recording_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attention_sweep")),
        sa.UniqueConstraint("observer_id", "client_uuid", name=op.f("uq_attention_sweep_observer_id_client_uuid")),
    )
    with op.batch_alter_table("attention_sweep", schema=None) as batch_op:
        batch_op.create_index("ix_attention_sweep_lesson", ["lesson_id", "observer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_attention_sweep_version_id"), ["version_id"], unique=False)

    op.create_table(
        "clip_set_clip",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("set_id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("start_ms", sa.Integer(), nullable=False),
        sa.Column("end_ms", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("task", sa.String(length=200), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("removed_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["lesson_id"], ["lesson.id"], name=op.f("fk_clip_set_clip_lesson_id_lesson"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["set_id"], ["clip_set.id"], name=op.f("fk_clip_set_clip_set_id_clip_set"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["recording_version.id"],
            name=op.f("fk_clip_set_clip_version_id_recording_version"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clip_set_clip")),
    )
    with op.batch_alter_table("clip_set_clip", schema=None) as batch_op:
        batch_op.create_index("ix_clip_set_clip", ["set_id", "position"], unique=False)
        batch_op.create_index(batch_op.f("ix_clip_set_clip_lesson_id"), ["lesson_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_clip_set_clip_version_id"), ["version_id"], unique=False)

    op.create_table(
        "coding_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("coder_id", sa.Integer(), nullable=False),
        sa.Column("scheme", sa.String(length=12), nullable=False),
        sa.Column("scheme_version", sa.Integer(), nullable=False),
        sa.Column("definition_id", sa.Integer(), nullable=True),
        sa.Column("interval_ms", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("is_blind", sa.Boolean(), nullable=False),
        sa.Column("reached_ms", sa.Integer(), nullable=False),
        sa.Column("finished_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["coder_id"], ["user.id"], name=op.f("fk_coding_session_coder_id_user")),
        sa.ForeignKeyConstraint(
            ["definition_id"],
            ["coding_scheme_version.id"],
            name=op.f("fk_coding_session_definition_id_coding_scheme_version"),
        ),
        sa.ForeignKeyConstraint(
            ["lesson_id"], ["lesson.id"], name=op.f("fk_coding_session_lesson_id_lesson"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["recording_version.id"], name=op.f("fk_coding_session_version_id_recording_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coding_session")),
        sa.UniqueConstraint(
            "lesson_id", "scheme", "coder_id", name=op.f("uq_coding_session_lesson_id_scheme_coder_id")
        ),
    )
    with op.batch_alter_table("coding_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_coding_session_coder_id"), ["coder_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_coding_session_definition_id"), ["definition_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_coding_session_version_id"), ["version_id"], unique=False)

    op.create_table(
        "plan_revision_share",
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("characters", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["revision_id"],
            ["plan_revision.id"],
            name=op.f("fk_plan_revision_share_revision_id_plan_revision"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_plan_revision_share_user_id_user")),
        sa.PrimaryKeyConstraint("revision_id", "user_id", name=op.f("pk_plan_revision_share")),
    )
    with op.batch_alter_table("plan_revision_share", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_revision_share_user_id"), ["user_id"], unique=False)

    op.create_table(
        "plan_round",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_plan_round_author_id_user")),
        sa.ForeignKeyConstraint(["plan_id"], ["lesson_plan.id"], name=op.f("fk_plan_round_plan_id_lesson_plan")),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["plan_revision.id"], name=op.f("fk_plan_round_revision_id_plan_revision")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_round")),
        sa.UniqueConstraint("plan_id", "number", name=op.f("uq_plan_round_plan_id_number")),
    )
    op.create_table(
        "poll_choice",
        sa.Column("ballot_id", sa.String(length=36), nullable=False),
        sa.Column("option_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ballot_id"], ["poll_ballot.id"], name=op.f("fk_poll_choice_ballot_id_poll_ballot"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["option_id"], ["poll_option.id"], name=op.f("fk_poll_choice_option_id_poll_option"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("ballot_id", "option_id", name=op.f("pk_poll_choice")),
    )
    with op.batch_alter_table("poll_choice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_poll_choice_option_id"), ["option_id"], unique=False)

    op.create_table(
        "preparation",
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("agreed_id", sa.Integer(), nullable=True),
        sa.Column("final_id", sa.Integer(), nullable=True),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("started_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("moved_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreed_id"], ["plan_revision.id"], name=op.f("fk_preparation_agreed_id_plan_revision")
        ),
        sa.ForeignKeyConstraint(["final_id"], ["plan_revision.id"], name=op.f("fk_preparation_final_id_plan_revision")),
        sa.ForeignKeyConstraint(["plan_id"], ["lesson_plan.id"], name=op.f("fk_preparation_plan_id_lesson_plan")),
        sa.PrimaryKeyConstraint("plan_id", name=op.f("pk_preparation")),
    )
    op.create_table(
        "rendition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("layout", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_rendition_file_id_stored_file")),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["recording_version.id"],
            name=op.f("fk_rendition_version_id_recording_version"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rendition")),
        sa.UniqueConstraint("version_id", "kind", name=op.f("uq_rendition_version_id_kind")),
    )
    op.create_table(
        "timed_comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("start_ms", sa.Integer(), nullable=False),
        sa.Column("end_ms", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("perspective_id", sa.Integer(), nullable=True),
        sa.Column("visibility", sa.String(length=12), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("drawing", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("client_uuid", sa.String(length=36), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("taken_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("edited_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("resolved_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("resolved_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("updated_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_timed_comment_author_id_user")),
        sa.ForeignKeyConstraint(
            ["lesson_id"], ["lesson.id"], name=op.f("fk_timed_comment_lesson_id_lesson"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"],
            ["timed_comment.id"],
            name=op.f("fk_timed_comment_parent_id_timed_comment"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["perspective_id"],
            ["lesson_perspective.id"],
            name=op.f("fk_timed_comment_perspective_id_lesson_perspective"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(["resolved_by_id"], ["user.id"], name=op.f("fk_timed_comment_resolved_by_id_user")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["recording_version.id"], name=op.f("fk_timed_comment_version_id_recording_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timed_comment")),
        sa.UniqueConstraint("author_id", "client_uuid", name=op.f("uq_timed_comment_author_id_client_uuid")),
    )
    with op.batch_alter_table("timed_comment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_timed_comment_author_id"), ["author_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_timed_comment_parent_id"), ["parent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_timed_comment_perspective_id"), ["perspective_id"], unique=False)
        batch_op.create_index("ix_timed_comment_seq", ["lesson_id", "seq"], unique=False)
        batch_op.create_index("ix_timed_comment_thread", ["lesson_id", "parent_id", "start_ms"], unique=False)

    op.create_table(
        "workshop_submission_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("copy_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["copy_id"],
            ["workshop_submission_copy.id"],
            name=op.f("fk_workshop_submission_file_copy_id_workshop_submission_copy"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_file.id"], name=op.f("fk_workshop_submission_file_file_id_stored_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workshop_submission_file")),
    )
    with op.batch_alter_table("workshop_submission_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_workshop_submission_file_copy_id"), ["copy_id"], unique=False)

    op.create_table(
        "adjudication",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=False),
        sa.Column("start_ms", sa.Integer(), nullable=False),
        sa.Column("end_ms", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=4), nullable=False),
        sa.Column("code", sa.String(length=4), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=False),
        sa.Column("decided_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user.id"], name=op.f("fk_adjudication_decided_by_id_user")),
        sa.ForeignKeyConstraint(
            ["first_id"],
            ["coding_session.id"],
            name=op.f("fk_adjudication_first_id_coding_session"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["second_id"],
            ["coding_session.id"],
            name=op.f("fk_adjudication_second_id_coding_session"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adjudication")),
        sa.UniqueConstraint(
            "first_id", "second_id", "start_ms", "label", name=op.f("uq_adjudication_first_id_second_id_start_ms_label")
        ),
    )
    with op.batch_alter_table("adjudication", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_adjudication_decided_by_id"), ["decided_by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_adjudication_second_id"), ["second_id"], unique=False)

    op.create_table(
        "clip_pair",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=False),
        sa.Column("start_ms", sa.Integer(), nullable=False),
        sa.Column("end_ms", sa.Integer(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("tied_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_clip_pair_author_id_user")),
        sa.ForeignKeyConstraint(
            ["comment_id"], ["timed_comment.id"], name=op.f("fk_clip_pair_comment_id_timed_comment"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["second_id"], ["lesson.id"], name=op.f("fk_clip_pair_second_id_lesson"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clip_pair")),
        sa.UniqueConstraint("comment_id", "second_id", name=op.f("uq_clip_pair_comment_id_second_id")),
    )
    with op.batch_alter_table("clip_pair", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_clip_pair_author_id"), ["author_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_clip_pair_second_id"), ["second_id"], unique=False)

    op.create_table(
        "code_interval",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("client_uuid", sa.String(length=36), nullable=False),
        sa.Column("code", sa.String(length=4), nullable=False),
        sa.Column("start_ms", sa.Integer(), nullable=False),
        sa.Column("end_ms", sa.Integer(), nullable=False),
        sa.Column("is_gone", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["coding_session.id"],
            name=op.f("fk_code_interval_session_id_coding_session"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code_interval")),
        sa.UniqueConstraint("session_id", "client_uuid", name=op.f("uq_code_interval_session_id_client_uuid")),
    )
    with op.batch_alter_table("code_interval", schema=None) as batch_op:
        batch_op.create_index("ix_code_interval", ["session_id", "start_ms"], unique=False)

    op.create_table(
        "plan_suggestion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("recorder_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("remark_id", sa.Integer(), nullable=True),
        sa.Column("section", sa.String(length=40), nullable=False),
        sa.Column("quote", sa.String(length=300), nullable=False),
        sa.Column("anchor", sa.String(length=500), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("outcome", sa.String(length=300), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("client_uuid", sa.String(length=36), nullable=False),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_plan_suggestion_author_id_user")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user.id"], name=op.f("fk_plan_suggestion_decided_by_id_user")),
        sa.ForeignKeyConstraint(["plan_id"], ["lesson_plan.id"], name=op.f("fk_plan_suggestion_plan_id_lesson_plan")),
        sa.ForeignKeyConstraint(["recorder_id"], ["user.id"], name=op.f("fk_plan_suggestion_recorder_id_user")),
        sa.ForeignKeyConstraint(["round_id"], ["plan_round.id"], name=op.f("fk_plan_suggestion_round_id_plan_round")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_suggestion")),
        sa.UniqueConstraint("recorder_id", "client_uuid", name=op.f("uq_plan_suggestion_recorder_id_client_uuid")),
    )
    with op.batch_alter_table("plan_suggestion", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_suggestion_author_id"), ["author_id"], unique=False)
        batch_op.create_index("ix_plan_suggestion_plan_id", ["plan_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_plan_suggestion_remark_id"), ["remark_id"], unique=False)

    op.create_table(
        "score_evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("evaluation_id", sa.Integer(), nullable=False),
        sa.Column("criterion_key", sa.String(length=40), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=True),
        sa.Column("comment_id", sa.Integer(), nullable=True),
        sa.Column("start_ms", sa.Integer(), nullable=False),
        sa.Column("end_ms", sa.Integer(), nullable=True),
        sa.Column("taken_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("client_uuid", sa.String(length=36), nullable=True),
        sa.ForeignKeyConstraint(
            ["comment_id"],
            ["timed_comment.id"],
            name=op.f("fk_score_evidence_comment_id_timed_comment"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["evaluation_id"],
            ["evaluation.id"],
            name=op.f("fk_score_evidence_evaluation_id_evaluation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["recording_version.id"], name=op.f("fk_score_evidence_version_id_recording_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_evidence")),
    )
    with op.batch_alter_table("score_evidence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_score_evidence_comment_id"), ["comment_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_score_evidence_evaluation_id"), ["evaluation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_score_evidence_version_id"), ["version_id"], unique=False)

    op.create_table(
        "plan_comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("anchor", sa.String(length=16), nullable=True),
        sa.Column("section", sa.String(length=40), nullable=False),
        sa.Column("quote", sa.String(length=300), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("said_by", sa.String(length=40), nullable=False),
        sa.Column("resolved_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("resolved_by_id", sa.Integer(), nullable=True),
        sa.Column("suggestion_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("client_uuid", sa.String(length=36), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("created_at", yanxiu.core.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_plan_comment_author_id_user")),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["plan_comment.id"], name=op.f("fk_plan_comment_parent_id_plan_comment"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["lesson_plan.id"], name=op.f("fk_plan_comment_plan_id_lesson_plan")),
        sa.ForeignKeyConstraint(["resolved_by_id"], ["user.id"], name=op.f("fk_plan_comment_resolved_by_id_user")),
        sa.ForeignKeyConstraint(
            ["suggestion_id"], ["plan_suggestion.id"], name=op.f("fk_plan_comment_suggestion_id_plan_suggestion")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_comment")),
        sa.UniqueConstraint("author_id", "client_uuid", name=op.f("uq_plan_comment_author_id_client_uuid")),
        sa.UniqueConstraint("plan_id", "anchor", name=op.f("uq_plan_comment_plan_id_anchor")),
        sa.UniqueConstraint("suggestion_id", name=op.f("uq_plan_comment_suggestion_id")),
    )
    with op.batch_alter_table("plan_comment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_comment_parent_id"), ["parent_id"], unique=False)
        batch_op.create_index("ix_plan_comment_seq", ["plan_id", "seq"], unique=False)

    from yanxiu.core.audit import create_triggers

    create_triggers(op.get_bind())


def downgrade() -> None:
    with op.batch_alter_table("plan_comment", schema=None) as batch_op:
        batch_op.drop_index("ix_plan_comment_seq")
        batch_op.drop_index(batch_op.f("ix_plan_comment_parent_id"))

    op.drop_table("plan_comment")
    with op.batch_alter_table("score_evidence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_score_evidence_version_id"))
        batch_op.drop_index(batch_op.f("ix_score_evidence_evaluation_id"))
        batch_op.drop_index(batch_op.f("ix_score_evidence_comment_id"))

    op.drop_table("score_evidence")
    with op.batch_alter_table("plan_suggestion", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plan_suggestion_remark_id"))
        batch_op.drop_index("ix_plan_suggestion_plan_id")
        batch_op.drop_index(batch_op.f("ix_plan_suggestion_author_id"))

    op.drop_table("plan_suggestion")
    with op.batch_alter_table("code_interval", schema=None) as batch_op:
        batch_op.drop_index("ix_code_interval")

    op.drop_table("code_interval")
    with op.batch_alter_table("clip_pair", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_clip_pair_second_id"))
        batch_op.drop_index(batch_op.f("ix_clip_pair_author_id"))

    op.drop_table("clip_pair")
    with op.batch_alter_table("adjudication", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_adjudication_second_id"))
        batch_op.drop_index(batch_op.f("ix_adjudication_decided_by_id"))

    op.drop_table("adjudication")
    with op.batch_alter_table("workshop_submission_file", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_workshop_submission_file_copy_id"))

    op.drop_table("workshop_submission_file")
    with op.batch_alter_table("timed_comment", schema=None) as batch_op:
        batch_op.drop_index("ix_timed_comment_thread")
        batch_op.drop_index("ix_timed_comment_seq")
        batch_op.drop_index(batch_op.f("ix_timed_comment_perspective_id"))
        batch_op.drop_index(batch_op.f("ix_timed_comment_parent_id"))
        batch_op.drop_index(batch_op.f("ix_timed_comment_author_id"))

    op.drop_table("timed_comment")
    op.drop_table("rendition")
    op.drop_table("preparation")
    with op.batch_alter_table("poll_choice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_poll_choice_option_id"))

    op.drop_table("poll_choice")
    op.drop_table("plan_round")
    with op.batch_alter_table("plan_revision_share", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plan_revision_share_user_id"))

    op.drop_table("plan_revision_share")
    with op.batch_alter_table("coding_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_coding_session_version_id"))
        batch_op.drop_index(batch_op.f("ix_coding_session_definition_id"))
        batch_op.drop_index(batch_op.f("ix_coding_session_coder_id"))

    op.drop_table("coding_session")
    with op.batch_alter_table("clip_set_clip", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_clip_set_clip_version_id"))
        batch_op.drop_index(batch_op.f("ix_clip_set_clip_lesson_id"))
        batch_op.drop_index("ix_clip_set_clip")

    op.drop_table("clip_set_clip")
    with op.batch_alter_table("attention_sweep", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attention_sweep_version_id"))
        batch_op.drop_index("ix_attention_sweep_lesson")

    op.drop_table("attention_sweep")
    op.drop_table("workshop_submission_copy")
    with op.batch_alter_table("workshop_picture_place", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_workshop_picture_place_submission_id"))
        batch_op.drop_index(batch_op.f("ix_workshop_picture_place_reflection_id"))
        batch_op.drop_index(batch_op.f("ix_workshop_picture_place_picture_id"))
        batch_op.drop_index(batch_op.f("ix_workshop_picture_place_bulletin_id"))

    op.drop_table("workshop_picture_place")
    with op.batch_alter_table("workshop_peer_review", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_workshop_peer_review_task_id"))
        batch_op.drop_index("ix_workshop_peer_review_reviewer")

    op.drop_table("workshop_peer_review")
    with op.batch_alter_table("topic_relocation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_topic_relocation_topic_id"))
        batch_op.drop_index(batch_op.f("ix_topic_relocation_target_id"))
        batch_op.drop_index("ix_topic_relocation_address")

    op.drop_table("topic_relocation")
    op.drop_table("term_tick")
    with op.batch_alter_table("segment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_segment_recording_id"))

    op.drop_table("segment")
    op.drop_table("score")
    op.drop_table("resource_subtitles")
    with op.batch_alter_table("resource_review", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_resource_review_resource_id"))

    op.drop_table("resource_review")
    op.drop_table("resource_preview_image")
    with op.batch_alter_table("resource_copy", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_resource_copy_user_id"))
        batch_op.drop_index("ix_resource_copy_resource_id")
        batch_op.drop_index(batch_op.f("ix_resource_copy_file_id"))

    op.drop_table("resource_copy")
    with op.batch_alter_table("resource_content", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_resource_content_near_file_id"))

    op.drop_table("resource_content")
    with op.batch_alter_table("resource_band", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_resource_band_file_id"))

    op.drop_table("resource_band")
    op.drop_table("recording_version")
    op.drop_table("recording_subtitles")
    op.drop_table("post_side")
    op.drop_table("post_mention")
    with op.batch_alter_table("post_like", schema=None) as batch_op:
        batch_op.drop_index("ix_post_like_created")

    op.drop_table("post_like")
    with op.batch_alter_table("post_edit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_post_edit_post_id"))

    op.drop_table("post_edit")
    with op.batch_alter_table("post_attachment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_post_attachment_post_id"))

    op.drop_table("post_attachment")
    op.drop_table("poll_option")
    with op.batch_alter_table("poll_ballot", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_poll_ballot_voter_id"))

    op.drop_table("poll_ballot")
    op.drop_table("plan_update")
    op.drop_table("plan_text")
    op.drop_table("plan_snapshot")
    op.drop_table("plan_revision")
    with op.batch_alter_table("plan_place_step", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plan_place_step_plan_id"))

    op.drop_table("plan_place_step")
    with op.batch_alter_table("plan_member", schema=None) as batch_op:
        batch_op.drop_index("ix_plan_member_user_id")

    op.drop_table("plan_member")
    with op.batch_alter_table("plan_import", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plan_import_plan_id"))
        batch_op.drop_index(batch_op.f("ix_plan_import_created_at"))

    op.drop_table("plan_import")
    with op.batch_alter_table("plan_image", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plan_image_plan_id"))

    op.drop_table("plan_image")
    with op.batch_alter_table("plan_history", schema=None) as batch_op:
        batch_op.drop_index("ix_plan_history_grain_s")

    op.drop_table("plan_history")
    with op.batch_alter_table("plan_departure", schema=None) as batch_op:
        batch_op.drop_index("ix_plan_departure_seq")

    op.drop_table("plan_departure")
    with op.batch_alter_table("plan_credit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plan_credit_plan_id"))

    op.drop_table("plan_credit")
    op.drop_table("plan_contributor")
    with op.batch_alter_table("plan_check", schema=None) as batch_op:
        batch_op.drop_index("ix_plan_check_plan_id")
        batch_op.drop_index("ix_plan_check_checker_id")

    op.drop_table("plan_check")
    with op.batch_alter_table("plan_adaptation", schema=None) as batch_op:
        batch_op.drop_index("ix_plan_adaptation_teacher_id")

    op.drop_table("plan_adaptation")
    with op.batch_alter_table("perspective_watcher", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_perspective_watcher_user_id"))
        batch_op.drop_index(batch_op.f("ix_perspective_watcher_dealer_id"))

    op.drop_table("perspective_watcher")
    with op.batch_alter_table("perspective_finding", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_perspective_finding_author_id"))

    op.drop_table("perspective_finding")
    with op.batch_alter_table("pack_check", schema=None) as batch_op:
        batch_op.drop_index("ix_pack_check_seq")

    op.drop_table("pack_check")
    with op.batch_alter_table("debate_stand", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_debate_stand_user_id"))

    op.drop_table("debate_stand")
    with op.batch_alter_table("debate_move", schema=None) as batch_op:
        batch_op.drop_index("ix_debate_move_latest")

    op.drop_table("debate_move")
    op.drop_table("activity_record_writer")
    op.drop_table("activity_record_part")
    with op.batch_alter_table("accepted_answer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_accepted_answer_post_id"))

    op.drop_table("accepted_answer")
    with op.batch_alter_table("workshop_task_file", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_workshop_task_file_task_id"))

    op.drop_table("workshop_task_file")
    with op.batch_alter_table("workshop_submission", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_workshop_submission_user_id"))
        batch_op.drop_index("ix_workshop_submission_seq")
        batch_op.drop_index("ix_workshop_submission_queue")

    op.drop_table("workshop_submission")
    with op.batch_alter_table("workshop_nudge_recipient", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_workshop_nudge_recipient_nudge_id"))

    op.drop_table("workshop_nudge_recipient")
    with op.batch_alter_table("workshop_member", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_workshop_member_user_id"))
        batch_op.drop_index(batch_op.f("ix_workshop_member_group_id"))

    op.drop_table("workshop_member")
    op.drop_table("topic_visit")
    op.drop_table("topic_requirement")
    with op.batch_alter_table("textbook_remap_step", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_textbook_remap_step_resource_id"))

    op.drop_table("textbook_remap_step")
    with op.batch_alter_table("text_band", schema=None) as batch_op:
        batch_op.drop_index("ix_text_band_text")

    op.drop_table("text_band")
    with op.batch_alter_table("term_item", schema=None) as batch_op:
        batch_op.drop_index("ix_term_item_target")
        batch_op.drop_index(batch_op.f("ix_term_item_stage_id"))

    op.drop_table("term_item")
    with op.batch_alter_table("second_teaching", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_second_teaching_linked_by_id"))
        batch_op.drop_index(batch_op.f("ix_second_teaching_first_id"))

    op.drop_table("second_teaching")
    with op.batch_alter_table("resource_view", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_resource_view_user_id"))

    op.drop_table("resource_view")
    with op.batch_alter_table("resource_use", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_resource_use_user_id"))

    op.drop_table("resource_use")
    with op.batch_alter_table("resource_rating", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_resource_rating_user_id"))

    op.drop_table("resource_rating")
    with op.batch_alter_table("resource_import_row", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_resource_import_row_resource_id"))

    op.drop_table("resource_import_row")
    op.drop_table("resource_file")
    with op.batch_alter_table("resource_favorite", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_resource_favorite_resource_id"))

    op.drop_table("resource_favorite")
    with op.batch_alter_table("resource_download", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_resource_download_user_id"))

    op.drop_table("resource_download")
    with op.batch_alter_table("resource_comment", schema=None) as batch_op:
        batch_op.drop_index("ix_resource_comment_resource_id_seq")
        batch_op.drop_index(batch_op.f("ix_resource_comment_parent_id"))

    op.drop_table("resource_comment")
    with op.batch_alter_table("resource_collection_item", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_resource_collection_item_resource_id"))

    op.drop_table("resource_collection_item")
    op.drop_table("recording")
    with op.batch_alter_table("post", schema=None) as batch_op:
        batch_op.drop_index("ix_post_seq")
        batch_op.drop_index(batch_op.f("ix_post_parent_id"))
        batch_op.drop_index("ix_post_figures")
        batch_op.drop_index("ix_post_author_created")

    op.drop_table("post")
    op.drop_table("poll")
    with op.batch_alter_table("observation_request", schema=None) as batch_op:
        batch_op.drop_index("ix_observation_request_teacher")
        batch_op.drop_index(batch_op.f("ix_observation_request_asker_id"))

    op.drop_table("observation_request")
    with op.batch_alter_table("lesson_watching", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lesson_watching_user_id"))

    op.drop_table("lesson_watching")
    with op.batch_alter_table("lesson_text", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lesson_text_author_id"))

    op.drop_table("lesson_text")
    with op.batch_alter_table("lesson_plan", schema=None) as batch_op:
        batch_op.drop_index("ix_lesson_plan_workshop_id_edited_at")
        batch_op.drop_index(batch_op.f("ix_lesson_plan_school_id"))
        batch_op.drop_index("ix_lesson_plan_owner_id_edited_at")
        batch_op.drop_index("ix_lesson_plan_edited_at")
        batch_op.drop_index(batch_op.f("ix_lesson_plan_county_id"))

    op.drop_table("lesson_plan")
    op.drop_table("lesson_perspective")
    with op.batch_alter_table("lesson_pack", schema=None) as batch_op:
        batch_op.drop_index("ix_lesson_pack_seq")
        batch_op.drop_index(batch_op.f("ix_lesson_pack_maker_id"))

    op.drop_table("lesson_pack")
    with op.batch_alter_table("lesson_member", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lesson_member_user_id"))

    op.drop_table("lesson_member")
    with op.batch_alter_table("lesson_alignment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lesson_alignment_second_id"))
        batch_op.drop_index(batch_op.f("ix_lesson_alignment_saved_by_id"))

    op.drop_table("lesson_alignment")
    with op.batch_alter_table("lesson_admission_request", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lesson_admission_request_user_id"))

    op.drop_table("lesson_admission_request")
    with op.batch_alter_table("evaluation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_evaluation_version_id"))
        batch_op.drop_index(batch_op.f("ix_evaluation_observer_id"))

    op.drop_table("evaluation")
    op.drop_table("debate")
    op.drop_table("bulletin_section")
    with op.batch_alter_table("bulletin_reading", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_bulletin_reading_user_id"))

    op.drop_table("bulletin_reading")
    with op.batch_alter_table("attendance", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attendance_user_id"))
        batch_op.drop_index("ix_attendance_seq")

    op.drop_table("attendance")
    with op.batch_alter_table("activity_reflection", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_activity_reflection_author_id"))

    op.drop_table("activity_reflection")
    op.drop_table("activity_record")
    with op.batch_alter_table("workshop_visit", schema=None) as batch_op:
        batch_op.drop_index("ix_workshop_visit_day")

    op.drop_table("workshop_visit")
    with op.batch_alter_table("workshop_task", schema=None) as batch_op:
        batch_op.drop_index("ix_workshop_task_seq")
        batch_op.drop_index("ix_workshop_task_due")

    op.drop_table("workshop_task")
    with op.batch_alter_table("workshop_promotion", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_workshop_promotion_workshop_id"))

    op.drop_table("workshop_promotion")
    with op.batch_alter_table("workshop_picture", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_workshop_picture_workshop_id"))

    op.drop_table("workshop_picture")
    op.drop_table("workshop_origin")
    with op.batch_alter_table("workshop_nudge", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_workshop_nudge_workshop_id"))

    op.drop_table("workshop_nudge")
    with op.batch_alter_table("workshop_invitation", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_workshop_invitation_pending",
            sqlite_where=sa.text("state = 'pending'"),
            postgresql_where=sa.text("state = 'pending'"),
        )
        batch_op.drop_index(batch_op.f("ix_workshop_invitation_user_id"))

    op.drop_table("workshop_invitation")
    op.drop_table("workshop_group")
    with op.batch_alter_table("workshop_archive", schema=None) as batch_op:
        batch_op.drop_index("ix_workshop_archive_seq")

    op.drop_table("workshop_archive")
    with op.batch_alter_table("workshop_application", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_workshop_application_pending",
            sqlite_where=sa.text("state = 'pending'"),
            postgresql_where=sa.text("state = 'pending'"),
        )
        batch_op.drop_index(batch_op.f("ix_workshop_application_user_id"))

    op.drop_table("workshop_application")
    with op.batch_alter_table("topic", schema=None) as batch_op:
        batch_op.drop_index("ix_topic_seq")
        batch_op.drop_index("ix_topic_newest")
        batch_op.drop_index("ix_topic_latest_reply")
        batch_op.drop_index(batch_op.f("ix_topic_author_id"))

    op.drop_table("topic")
    with op.batch_alter_table("text_signature", schema=None) as batch_op:
        batch_op.drop_index("ix_text_signature_workshop")
        batch_op.drop_index(batch_op.f("ix_text_signature_near_id"))
        batch_op.drop_index("ix_text_signature_close")

    op.drop_table("text_signature")
    op.drop_table("term_stage")
    with op.batch_alter_table("teacher_import_row", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_teacher_import_row_user_id"))

    op.drop_table("teacher_import_row")
    op.drop_table("search_saved_hit")
    with op.batch_alter_table("resource_upload", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_resource_upload_owner_id"))
        batch_op.drop_index(batch_op.f("ix_resource_upload_import_id"))

    op.drop_table("resource_upload")
    with op.batch_alter_table("resource", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_resource_workshop_id"))
        batch_op.drop_index("ix_resource_title_key_id")
        batch_op.drop_index(batch_op.f("ix_resource_textbook_id"))
        batch_op.drop_index(batch_op.f("ix_resource_taught_lesson_id"))
        batch_op.drop_index("ix_resource_subject_download_count")
        batch_op.drop_index("ix_resource_subject_created_at")
        batch_op.drop_index(batch_op.f("ix_resource_school_id"))
        batch_op.drop_index("ix_resource_review_step_review_since")
        batch_op.drop_index("ix_resource_rating_score_id")
        batch_op.drop_index(batch_op.f("ix_resource_plan_id"))
        batch_op.drop_index(batch_op.f("ix_resource_owner_id"))
        batch_op.drop_index("ix_resource_lesson_subject")
        batch_op.drop_index("ix_resource_download_count_id")
        batch_op.drop_index("ix_resource_created_at_id")
        batch_op.drop_index(batch_op.f("ix_resource_county_id"))
        batch_op.drop_index("ix_resource_counting")
        batch_op.drop_index(batch_op.f("ix_resource_activity_id"))

    op.drop_table("resource")
    with op.batch_alter_table("lesson", schema=None) as batch_op:
        batch_op.drop_index("ix_lesson_workshop")
        batch_op.drop_index(batch_op.f("ix_lesson_teacher_id"))
        batch_op.drop_index("ix_lesson_school")
        batch_op.drop_index("ix_lesson_newest")
        batch_op.drop_index(batch_op.f("ix_lesson_lesson_plan_id"))
        batch_op.drop_index(batch_op.f("ix_lesson_creator_id"))

    op.drop_table("lesson")
    op.drop_table("coding_scheme_version")
    with op.batch_alter_table("clip_set", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_clip_set_workshop_id"))
        batch_op.drop_index("ix_clip_set_owner")
        batch_op.drop_index("ix_clip_set_newest")

    op.drop_table("clip_set")
    with op.batch_alter_table("bulletin", schema=None) as batch_op:
        batch_op.drop_index("ix_bulletin_seq")

    op.drop_table("bulletin")
    with op.batch_alter_table("activity", schema=None) as batch_op:
        batch_op.drop_index("ix_activity_time")
        batch_op.drop_index("ix_activity_starts")
        batch_op.drop_index(batch_op.f("ix_activity_speaker_id"))

    op.drop_table("activity")
    with op.batch_alter_table("workshop", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_workshop_subject"))
        batch_op.drop_index(batch_op.f("ix_workshop_stage"))
        batch_op.drop_index(batch_op.f("ix_workshop_source_id"))
        batch_op.drop_index(batch_op.f("ix_workshop_organization_id"))
        batch_op.drop_index(batch_op.f("ix_workshop_kind"))

    op.drop_table("workshop")
    with op.batch_alter_table("user_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_user_session_user_id"))

    op.drop_table("user_session")
    with op.batch_alter_table("textbook_remap", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_textbook_remap_county_id"))

    op.drop_table("textbook_remap")
    with op.batch_alter_table("teacher_import", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_teacher_import_actor_id"))

    op.drop_table("teacher_import")
    with op.batch_alter_table("search_typed", schema=None) as batch_op:
        batch_op.drop_index("ix_search_typed_latest")

    op.drop_table("search_typed")
    op.drop_table("search_synonyms")
    with op.batch_alter_table("search_saved", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_search_saved_user_id"))
        batch_op.drop_index("ix_search_saved_due")

    op.drop_table("search_saved")
    op.drop_table("rubric_version")
    with op.batch_alter_table("resource_import", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_resource_import_owner_id"))

    op.drop_table("resource_import")
    with op.batch_alter_table("resource_collection", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_resource_collection_school_id"))
        batch_op.drop_index(batch_op.f("ix_resource_collection_owner_id"))
        batch_op.drop_index("ix_resource_collection_created_at_id")
        batch_op.drop_index(batch_op.f("ix_resource_collection_county_id"))

    op.drop_table("resource_collection")
    op.drop_table("plan_template_version")
    with op.batch_alter_table("plan_layout", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plan_layout_organization_id"))

    op.drop_table("plan_layout")
    with op.batch_alter_table("notification_choice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_notification_choice_mailed_on"))

    op.drop_table("notification_choice")
    with op.batch_alter_table("notification", schema=None) as batch_op:
        batch_op.drop_index("ix_notification_user_read")
        batch_op.drop_index("ix_notification_user_at")
        batch_op.drop_index(
            "ix_notification_unread_topic",
            sqlite_where=sa.text("read_at IS NULL"),
            postgresql_where=sa.text("read_at IS NULL"),
        )

    op.drop_table("notification")
    op.drop_table("muted_topic")
    op.drop_table("mail_digest")
    with op.batch_alter_table("kept_perspective", schema=None) as batch_op:
        batch_op.drop_index("ix_kept_perspective_school")

    op.drop_table("kept_perspective")
    with op.batch_alter_table("coding_scheme", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_coding_scheme_organization_id"))
        batch_op.drop_index(batch_op.f("ix_coding_scheme_maker_id"))

    op.drop_table("coding_scheme")
    with op.batch_alter_table("appointment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_appointment_user_id"))
        batch_op.drop_index("ix_appointment_organization_id_role")

    op.drop_table("appointment")
    with op.batch_alter_table("user", schema=None) as batch_op:
        batch_op.drop_index("ix_user_organization_id_name")

    op.drop_table("user")
    with op.batch_alter_table("textbook_node", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_textbook_node_parent_id"))
        batch_op.drop_index("ix_textbook_node_county_id_level")

    op.drop_table("textbook_node")
    with op.batch_alter_table("search_popular", schema=None) as batch_op:
        batch_op.drop_index("ix_search_popular_most")

    op.drop_table("search_popular")
    with op.batch_alter_table("rubric_template", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_rubric_template_organization_id"))

    op.drop_table("rubric_template")
    op.drop_table("resource_standard")
    with op.batch_alter_table("plan_template", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plan_template_organization_id"))

    op.drop_table("plan_template")
    op.drop_table("file_text")
    with op.batch_alter_table("stored_file", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stored_file_sha256"))
        batch_op.drop_index(batch_op.f("ix_stored_file_owner_id"))

    op.drop_table("stored_file")
    with op.batch_alter_table("sign_in_failure", schema=None) as batch_op:
        batch_op.drop_index("ix_sign_in_failure_account_at")

    op.drop_table("sign_in_failure")
    op.drop_table("search_state")
    with op.batch_alter_table("search_outbox", schema=None) as batch_op:
        batch_op.drop_index("ix_search_outbox_waiting")
        batch_op.drop_index("ix_search_outbox_object")

    op.drop_table("search_outbox")
    with op.batch_alter_table("organization", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_organization_path"))
        batch_op.drop_index(batch_op.f("ix_organization_parent_id"))

    op.drop_table("organization")
    op.drop_table("live_topic")
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_index("uq_job_open_key")
        batch_op.drop_index("ix_job_state_run_at")

    op.drop_table("job")
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_entry_actor_id"))
        batch_op.drop_index(batch_op.f("ix_audit_entry_action"))

    op.drop_table("audit_entry")
