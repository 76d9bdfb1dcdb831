"""What the curriculum standards (课程标准 2022) say of a subject, for others who classify by it."""

from __future__ import annotations

from yanxiu.lessonplans.document.curriculum import FIELDS, LITERACIES

__all__ = ["FIELDS", "LITERACIES"]
