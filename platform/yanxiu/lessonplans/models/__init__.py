"""Tables of lesson plans: the card, the people, and the co-edited document with its history."""

from __future__ import annotations

from yanxiu.lessonplans.models.checks import PlanCheck
from yanxiu.lessonplans.models.comments import PlanComment
from yanxiu.lessonplans.models.documents import PlanCredit, PlanHistory, PlanImage, PlanSnapshot, PlanText, PlanUpdate
from yanxiu.lessonplans.models.imports import PlanImport
from yanxiu.lessonplans.models.layouts import SchoolLayout
from yanxiu.lessonplans.models.plans import (
    COUNTY,
    MEMBER_ROLES,
    PRIVATE,
    READER,
    SCHOOL,
    VISIBILITIES,
    WORKSHOP,
    WRITER,
    LessonPlan,
    PlanContributor,
    PlanDeparture,
    PlanMember,
    PlanPlaceStep,
)
from yanxiu.lessonplans.models.preparations import FROZEN, Adaptation, Preparation
from yanxiu.lessonplans.models.revisions import AUTOMATIC, BEFORE_RESTORE, NAMED, Revision, RevisionShare
from yanxiu.lessonplans.models.rounds import PlanRound, Suggestion
from yanxiu.lessonplans.models.templates import SchoolTemplate, TemplateVersion

__all__ = [
    "AUTOMATIC",
    "BEFORE_RESTORE",
    "COUNTY",
    "FROZEN",
    "MEMBER_ROLES",
    "NAMED",
    "PRIVATE",
    "READER",
    "SCHOOL",
    "VISIBILITIES",
    "WORKSHOP",
    "WRITER",
    "Adaptation",
    "LessonPlan",
    "PlanCheck",
    "PlanComment",
    "PlanContributor",
    "PlanCredit",
    "PlanDeparture",
    "PlanHistory",
    "PlanImage",
    "PlanImport",
    "PlanMember",
    "PlanPlaceStep",
    "PlanRound",
    "PlanSnapshot",
    "PlanText",
    "PlanUpdate",
    "Preparation",
    "Revision",
    "RevisionShare",
    "SchoolLayout",
    "SchoolTemplate",
    "Suggestion",
    "TemplateVersion",
]
