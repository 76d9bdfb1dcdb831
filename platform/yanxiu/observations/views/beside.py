"""Two lessons side by side: choosing the other one, the page with both films, its anchors."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from yanxiu.core import clock
from yanxiu.core.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from yanxiu.core.html import without_invisible
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.observations.beside.alignment import Anchor, Row, compared, proposed
from yanxiu.observations.beside.shares import GroupShares, shares_of
from yanxiu.observations.forms import clock_ms
from yanxiu.observations.instruments.charts import SIDE, minutes_axis
from yanxiu.observations.models import VersionState
from yanxiu.observations.permissions import can_speak, can_view_codings
from yanxiu.observations.queries import LessonView, current_version, recording_of
from yanxiu.observations.queries.codings import finished_heads, spans_of, standings_of
from yanxiu.observations.queries.lessons import LessonFilter
from yanxiu.observations.queries.pairs import lessons_beside, others_beside, saved_anchors, topic_of
from yanxiu.observations.services import pairs as service
from yanxiu.observations.views.blueprint import bp, done, load_lesson, log_watching, posted, why_rests
from yanxiu.observations.views.lessons import MAX_WORDS, cards
from yanxiu.observations.views.recordings import saver_of, sources_of
from yanxiu.observations.views.second_teachings import improvement_panel
from yanxiu.web.auth import current_actor, current_viewer, wants_fragment

COMPARED = ("st", "fias")
_LINE = re.compile(r"([\d:：.]+)\s*[=＝]\s*([\d:：.]+)\s*(.*)")


@bp.get("/lessons/<int:lesson_id>/beside")
def choose_beside(lesson_id: int) -> ResponseReturnValue:
    """与另一节课对照: choose among the lessons one may watch, those on the same 课题 first."""
    found, viewer = load_lesson(lesson_id), current_viewer()
    wanted = LessonFilter(without_invisible(request.args.get("q", ""))[:MAX_WORDS])
    page = others_beside(viewer, found.lesson, wanted, request.args.get("cursor"))
    same = [] if wanted.narrows else lessons_beside(viewer, found.lesson)
    return render_template(
        "observations/beside_choice.html",
        lesson=found.lesson,
        topic=topic_of(found.lesson.title),
        same=same,
        wanted=wanted,
        page=page,
        **cards([*same, *page.items]),
    )


@bp.get("/lessons/<int:lesson_id>/beside/<int:other_id>")
def beside(lesson_id: int, other_id: int) -> ResponseReturnValue:
    """Both films, both lanes of phases, and how the lessons differ."""
    sides = _load_pair(lesson_id, other_id)
    page = render_template("observations/beside.html", **_panel(*sides))
    for found in sides:
        log_watching(found.lesson)
    return page


@bp.post("/lessons/<int:lesson_id>/beside/<int:other_id>")
def save_anchors(lesson_id: int, other_id: int) -> ResponseReturnValue:
    """Keep the anchors: one `03:20 = 04:10 朗读课文` a line. Without scripts a mistake is shown beside the text as typed."""
    target, typed = url_for(".beside", lesson_id=lesson_id, other_id=other_id), posted("anchors")
    try:
        with unit_of_work():
            left, right = _load_pair(lesson_id, other_id)
            for found in (left, right):
                if not _may_align(found):
                    raise ForbiddenError(why_rests(found))
            anchors = [_anchor(line) for line in typed.splitlines() if line.strip()]
            lengths = (_film_of(found)["duration_ms"] for found in (left, right))
            service.save_anchors(current_actor(), left.lesson, right.lesson, anchors, *lengths)
    except InvalidError as error:
        if wants_fragment():
            raise
        panel = {**_panel(*_load_pair(lesson_id, other_id)), "typed": typed, "problem": error.message}
        return render_template("observations/beside.html", **panel), 422
    return done(target, "对齐已保存", redirect=target)


def _load_pair(lesson_id: int, other_id: int) -> tuple[LessonView, LessonView]:
    if lesson_id == other_id:
        raise NotFoundError
    return load_lesson(lesson_id), load_lesson(other_id)


def _may_align(found: LessonView) -> bool:
    return can_speak(current_viewer(), found.lesson, found.access, clock.today())


def _film_of(found: LessonView) -> dict[str, Any]:
    recording = recording_of(found.lesson.id)
    version = current_version(recording)
    if recording is None or version is None or version.state != VersionState.READY:
        raise ConflictError("两节课的实录都能播放以后，才能放在一起看")
    return {
        "lesson": found.lesson,
        "version": version,
        "source": sources_of(found.lesson.id, version)[-1]["url"],
        "saver": saver_of(found.lesson.id, version),
        "duration_ms": version.duration_ms or 0,
        "segments": recording.segments,
    }


def _panel(left: LessonView, right: LessonView) -> dict[str, Any]:
    films = [_film_of(found) for found in (left, right)]
    first, second = (film["segments"] for film in films)
    saved, alignment = saved_anchors(left.lesson.id, right.lesson.id)
    anchors = saved or proposed(first, second)
    rows = compared(first, second, anchors)
    axis = minutes_axis(max((max(row.left_ms, row.right_ms) for row in rows), default=0) / 60_000)
    return {
        "films": films,
        "lean_films": [film for film in films if film["saver"] is not None],
        "anchors": anchors,
        "places": [[one.left_ms, one.right_ms] for one in anchors],
        "alignment": alignment,
        "rows": rows,
        "axis": axis,
        "chart_side": SIDE,
        "codings": _codings(left, right, rows),
        "may_align": _may_align(left) and _may_align(right),
        "most_ms": max(film["duration_ms"] for film in films),
        **improvement_panel(left, right),
        "typed": None,
        "problem": None,
    }


def _codings(left: LessonView, right: LessonView, rows: Sequence[Row]) -> list[tuple[str, list[GroupShares]]]:
    """Return the shares of each scheme with which both lessons are coded, where the viewer sees both codings."""
    first, second = (_first_codings(found) for found in (left, right))
    return [
        (
            first[slug].scheme_of.name,
            shares_of(first[slug].scheme_of, spans_of(first[slug].id), spans_of(second[slug].id), rows),
        )
        for slug in COMPARED
        if slug in first and slug in second
    ]


def _first_codings(found: LessonView) -> dict[str, Any]:
    viewer = current_viewer()
    standings = standings_of(found.lesson.id, viewer.user_id)
    seen = [
        one.scheme.slug
        for one in standings
        if one.scheme.slug in COMPARED and can_view_codings(viewer, found.lesson, found.access, one.own)
    ]
    return {head.scheme: head for head in reversed(finished_heads(found.lesson.id, seen))}


def _anchor(line: str) -> Anchor:
    found = _LINE.fullmatch(line.strip())
    left_ms, right_ms = (clock_ms(found[1]), clock_ms(found[2])) if found else (None, None)
    if found is None or left_ms is None or right_ms is None:
        raise InvalidError(
            f"这一行看不懂：{line.strip()[:20]}。每行写左边的时间、等号、右边的时间和名称，例如 03:20 = 04:10 朗读课文",
            field="anchors",
        )
    return Anchor(left_ms, right_ms, " ".join(found[3].split())[:20] or "对齐")
