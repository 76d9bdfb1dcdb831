"""Forms of lesson plans. What a person typed is trimmed and freed of invisible characters first."""

from __future__ import annotations

from yanxiu.lessonplans.forms.fields import choices_of, line, one_of, tidy
from yanxiu.lessonplans.forms.people import HandOverForm, InviteForm, MemberForm
from yanxiu.lessonplans.forms.plans import VOLUMES, WHOLE_NUMBER, NewPlanForm, PlanForm, WordForm
from yanxiu.lessonplans.forms.revisions import RevisionForm

__all__ = [
    "VOLUMES",
    "WHOLE_NUMBER",
    "HandOverForm",
    "InviteForm",
    "MemberForm",
    "NewPlanForm",
    "PlanForm",
    "RevisionForm",
    "WordForm",
    "choices_of",
    "line",
    "one_of",
    "tidy",
]
