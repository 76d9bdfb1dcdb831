"""Reading lessons, comments and evaluations: only what the viewer may see."""

from yanxiu.observations.queries.comments import comments_since, find_comment, moments_of, threads_of
from yanxiu.observations.queries.evaluations import (
    evaluation_of,
    evaluators_of,
    find_rubric_version,
    rubric_choices,
    sees_scores,
    submitted_evaluations,
)
from yanxiu.observations.queries.lessons import (
    LessonView,
    access_of,
    find_lesson,
    lessons_page,
    lessons_waiting_for,
    may_watch,
    my_newest_lessons,
    newest_lessons_of_workshop,
    teacher_of,
    visible_lessons,
    workshop_choices,
)
from yanxiu.observations.queries.recordings import (
    current_version,
    find_rendition,
    newest_version,
    recording_of,
    version_for_upload,
)

__all__ = [
    "LessonView",
    "access_of",
    "comments_since",
    "current_version",
    "evaluation_of",
    "evaluators_of",
    "find_comment",
    "find_lesson",
    "find_rendition",
    "find_rubric_version",
    "lessons_page",
    "lessons_waiting_for",
    "may_watch",
    "moments_of",
    "my_newest_lessons",
    "newest_lessons_of_workshop",
    "newest_version",
    "recording_of",
    "rubric_choices",
    "sees_scores",
    "submitted_evaluations",
    "teacher_of",
    "threads_of",
    "version_for_upload",
    "visible_lessons",
    "workshop_choices",
]
