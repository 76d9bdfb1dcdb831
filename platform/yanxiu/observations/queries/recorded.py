"""What is recorded under the perspectives of a lesson with schemes of codes: how far it is, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from yanxiu.accounts.models import User
from yanxiu.observations.instruments.in_words import figures_in_words
from yanxiu.observations.instruments.schemes import Scheme
from yanxiu.observations.instruments.shipped import SCHEMES
from yanxiu.observations.models import LessonPerspective
from yanxiu.observations.queries.codings import Standing, finished_codings, standings_of


def slugs_of(perspectives: Collection[LessonPerspective]) -> set[str]:
    """Return the schemes with which something of these is recorded."""
    return {one.instrument for one in perspectives if one.instrument in SCHEMES}


def standings_with(lesson_id: int, slugs: Collection[str], user_id: int | None) -> dict[str, Standing]:
    """Return how far the codings with these schemes are, by slug; no query where there are none."""
    return (
        {one.scheme.slug: one for one in standings_of(lesson_id, user_id) if one.scheme.slug in slugs} if slugs else {}
    )


@dataclass(frozen=True)
class Recorded:
    """What was recorded under one perspective: `finished` are those of its observers who are done, `told` what they found, where
    its reader may read it; `own` is how far the reader is."""

    scheme: Scheme
    own: str | None
    finished: list[User]
    told: list[tuple[User, str]]


class Records:
    """The codings of a lesson with some schemes, for whoever may read those of a state of one's own (`may_read`)."""

    def __init__(
        self, lesson_id: int, slugs: Collection[str], user_id: int | None, may_read: Callable[[str | None], bool]
    ) -> None:
        self._standings = standings_with(lesson_id, slugs, user_id)
        readable = [slug for slug, one in self._standings.items() if one.coders and may_read(one.own)]
        self._sessions = finished_codings(lesson_id, *readable) if readable else []

    def of(self, perspective: LessonPerspective, observers: Sequence[User]) -> Recorded | None:
        """Return what these observers recorded under a perspective; None where words do."""
        standing = self._standings.get(perspective.instrument)
        if standing is None:
            return None
        ids = {one.id for one in observers}
        told = [
            (one.coder, figures_in_words(one.scheme_of, one.spans(), one.interval_ms, one.reached_ms))
            for one in self._sessions
            if one.scheme == perspective.instrument and one.coder_id in ids
        ]
        return Recorded(standing.scheme, standing.own, [one for one in standing.coders if one.id in ids], told)
