"""What happened in a workshop. Events carry ids; whoever reacts loads what it may see."""

from yanxiu.workshops.events.attention import MembersReminded
from yanxiu.workshops.events.teams import (
    ApplicationDecided,
    ApplicationSubmitted,
    InvitationAnswered,
    InvitationSent,
    MemberJoined,
    MemberRemoved,
    MemberRoleChanged,
    WorkshopChanged,
    WorkshopCreated,
)
from yanxiu.workshops.events.threads import (
    PersonMentioned,
    PostEdited,
    PostLiked,
    PostPublished,
    PostRestored,
    PostWithdrawn,
    TopicChanged,
    TopicDeleted,
    TopicDigested,
    TopicPinned,
    TopicPublished,
    TopicRestored,
)

__all__ = [
    "ApplicationDecided",
    "ApplicationSubmitted",
    "InvitationAnswered",
    "InvitationSent",
    "MemberJoined",
    "MemberRemoved",
    "MemberRoleChanged",
    "MembersReminded",
    "PersonMentioned",
    "PostEdited",
    "PostLiked",
    "PostPublished",
    "PostRestored",
    "PostWithdrawn",
    "TopicChanged",
    "TopicDeleted",
    "TopicDigested",
    "TopicPinned",
    "TopicPublished",
    "TopicRestored",
    "WorkshopChanged",
    "WorkshopCreated",
]
