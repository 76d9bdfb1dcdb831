"""Where a lesson observation stands, and what is written before and after the lesson."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from yanxiu.core.clock import now
from yanxiu.core.db import Id, Model, UtcDateTime


class LessonPhase(StrEnum):
    """The cycle of 听评课 (observation.md 4.2)."""

    PLANNED = "planned"
    MEETING = "meeting"
    TEACHING = "teaching"
    WATCHING = "watching"
    EVALUATING = "evaluating"
    DISCUSSING = "discussing"
    REFLECTING = "reflecting"
    ARCHIVED = "archived"

    @property
    def label(self) -> str:
        return {
            "planned": "约课",
            "meeting": "课前会议",
            "teaching": "上课",
            "watching": "观课",
            "evaluating": "评课",
            "discussing": "议课",
            "reflecting": "反思",
            "archived": "归档",
        }[self.value]

    @property
    def number(self) -> int:
        return list(LessonPhase).index(self)


class TextKey(StrEnum):
    """What is written: three questions of the meeting before the lesson, the teacher's reflection after it, and what whoever
    leads concludes from a divided observation."""

    AIM = "aim"
    DIFFICULTY = "difficulty"
    LOOK = "look"
    REFLECTION = "reflection"
    CONCLUSION = "conclusion"

    @property
    def label(self) -> str:
        return {
            "aim": "这节课要学生学会什么",
            "difficulty": "学生最可能卡在哪里",
            "look": "请大家看什么",
            "reflection": "教学反思",
            "conclusion": "总体结论",
        }[self.value]


MEETING_KEYS = (TextKey.AIM, TextKey.DIFFICULTY, TextKey.LOOK)


class LessonText(Model):
    """One text of a lesson; who wrote it last and when."""

    __tablename__ = "lesson_text"
    __table_args__ = (UniqueConstraint("lesson_id", "key"),)

    id: Mapped[Id]
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(12))
    body: Mapped[str] = mapped_column(Text, default="")
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    written_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
