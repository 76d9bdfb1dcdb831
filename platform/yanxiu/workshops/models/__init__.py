"""Tables of the workshops: teams (who takes part) and threads (what they say)."""

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
]
