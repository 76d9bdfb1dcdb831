"""Tables of the workshops: teams (who takes part), threads (what they say), attention (who came, who was reminded)."""

from yanxiu.workshops.models.attention import Nudge, NudgeRecipient, WorkshopVisit
from yanxiu.workshops.models.teams import (
    Application,
    Invitation,
    JoinMode,
    Role,
    Workshop,
    WorkshopGroup,
    WorkshopMember,
)
from yanxiu.workshops.models.threads import (
    Post,
    PostAttachment,
    PostEdit,
    PostLike,
    PostMention,
    Topic,
    TopicVisit,
    WorkshopPicture,
)

__all__ = [
    "Application",
    "Invitation",
    "JoinMode",
    "Nudge",
    "NudgeRecipient",
    "Post",
    "PostAttachment",
    "PostEdit",
    "PostLike",
    "PostMention",
    "Role",
    "Topic",
    "TopicVisit",
    "Workshop",
    "WorkshopGroup",
    "WorkshopMember",
    "WorkshopPicture",
    "WorkshopVisit",
]
