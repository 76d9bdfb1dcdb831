"""Pages of lessons: lists, the lesson itself, comments, evaluations, files and uploads."""

from __future__ import annotations

from yanxiu.observations.views import (
    beside,
    clip_sets,
    clips,
    codings,
    comments,
    counts,
    cycle,
    evaluations,
    kept_perspectives,
    lanes,
    lesson_clips,
    lessons,
    live_notes,
    members,
    pack_checks,
    packs,
    papers,
    perspectives,
    questions,
    recordings,
    report,
    requests,
    rubrics,
    schemes,
    scoring,
    second_teachings,
    slots,
    subtitles,
    sweeps,
)
from yanxiu.observations.views.blueprint import bp
from yanxiu.observations.views.pack_checks import copies_bp
from yanxiu.observations.views.term_plans import PLAN_TARGETS
from yanxiu.observations.views.uploads import uploads_bp
from yanxiu.web.slots import Filler

__all__ = [
    "PLAN_TARGETS",
    "SLOTS",
    "beside",
    "blueprints",
    "clip_sets",
    "clips",
    "codings",
    "comments",
    "counts",
    "cycle",
    "evaluations",
    "kept_perspectives",
    "lanes",
    "lesson_clips",
    "lessons",
    "live_notes",
    "members",
    "pack_checks",
    "packs",
    "papers",
    "perspectives",
    "questions",
    "recordings",
    "report",
    "requests",
    "rubrics",
    "schemes",
    "scoring",
    "second_teachings",
    "subtitles",
    "sweeps",
]

blueprints = (bp, uploads_bp, copies_bp)
SLOTS: dict[str, Filler] = slots.SLOTS
