"""议课纪要: who took part, what was said about which moment, what was answered, what was adopted.

It is read by everybody who sees the lesson, so only what everybody may read stands in it, and no scores.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from yanxiu.core.clock import media_span
from yanxiu.core.word import SMALL, WordFile
from yanxiu.core.word_sheets import Cell, head, shares
from yanxiu.observations.models import ClipPair, CommentKind, Lesson, Segment, TimedComment
from yanxiu.observations.papers.comment_files import answers, said_in, span_words
from yanxiu.observations.papers.paper import about_lesson, signature, word_file
from yanxiu.observations.queries.papers import Outcome

PARTS = (
    ("一、值得学的", (CommentKind.HIGHLIGHT, CommentKind.EVIDENCE)),
    ("二、讨论的问题", (CommentKind.QUESTION,)),
    ("三、改进的建议", (CommentKind.SUGGESTION, CommentKind.TECHNIQUE)),
)


def minutes_word(
    lesson: Lesson,
    segments: Sequence[Segment],
    threads: Sequence[TimedComment],
    outcomes: Mapping[int, Outcome],
    pairs: Sequence[ClipPair] = (),
) -> bytes:
    """Return the minutes; `outcomes` say what the lesson plan made of a comment, by its number, `pairs` what became of it
    when the lesson was taught again."""

    def write(word: WordFile) -> None:
        word.title("议课纪要")
        people = "、".join(people_of(lesson, threads))
        plan = [("教案", "已关联教案" if lesson.lesson_plan_id else "")]
        about_lesson(word, lesson, plan, [("参加人", people), ("议课重点", lesson.focus)])
        for title, kinds in PARTS:
            _part(word, title, segments, [one for one in threads if one.kind in kinds])
        _adopted(word, threads, outcomes)
        if pairs:
            _improved(word, pairs)
        signature(word, "主持人签名", "记录人签名")

    return word_file(write)


def people_of(lesson: Lesson, threads: Sequence[TimedComment]) -> list[str]:
    """Return the teacher, then who spoke or answered, then who was invited, each once."""
    spoke = [person for one in threads for person in (one.author, *(reply.author for reply in one.live_replies))]
    invited = [member.user for member in lesson.members]
    named = {person.id: person.name for person in (lesson.teacher, *spoke, *invited)}
    return [f"{name}（授课）" if number == lesson.teacher_id else name for number, name in named.items()]


def _part(word: WordFile, title: str, segments: Sequence[Segment], threads: Sequence[TimedComment]) -> None:
    word.heading(title, 2)
    if not threads:
        word.paragraph("没有人谈到。", SMALL)
        return
    rows = [[head(name) for name in ("时间", "环节", "谁说的", "要点", "回应")]]
    for one in threads:
        phase = next(
            (each.label for each in segments if one.is_placed and each.start_ms <= one.start_ms < each.end_ms), ""
        )
        rows.append(
            [
                Cell(span_words(one), centered=True),
                Cell(phase, centered=True),
                Cell(one.author.name, centered=True),
                Cell(said_in(one)),
                Cell(answers(one)),
            ]
        )
    word.sheet(shares(15, 11, 11, 37, 26), rows, heads=1)


def _adopted(word: WordFile, threads: Sequence[TimedComment], outcomes: Mapping[int, Outcome]) -> None:
    """A decision in the lesson plan first; a thread that was ticked off without one was settled too."""
    word.heading("四、采纳与改进", 2)
    rows = [[head(name) for name in ("谁的意见", "意见", "结果", "怎样改 / 理由")]]
    for one in threads:
        outcome = outcomes.get(one.id)
        if outcome is None and one.resolved_at is None:
            continue
        decision, words = (outcome.decision, outcome.words) if outcome is not None else ("已解决", "")
        rows.append([Cell(one.author.name, centered=True), Cell(one.body), Cell(decision, centered=True), Cell(words)])
    if len(rows) == 1:
        rows.append([Cell(tall=700), Cell(), Cell(), Cell()])
    word.sheet(shares(12, 44, 12, 32), rows, heads=1)


def _improved(word: WordFile, pairs: Sequence[ClipPair]) -> None:
    """The clips by their times: what was seen, what was said, what it became."""
    word.heading("五、改进前后", 2)
    rows = [[head(name) for name in ("改进前", "谁的意见", "意见", "改进后", "怎样改的")]]
    for pair in pairs:
        before, after = (media_span(*span) for span in (pair.before, (pair.start_ms, pair.end_ms)))
        rows.append(
            [
                Cell(f"{pair.comment.lesson.title} {before}"),
                Cell(pair.comment.author.name, centered=True),
                Cell(pair.comment.body),
                Cell(f"{pair.second.title} {after}"),
                Cell(pair.note),
            ]
        )
    word.sheet(shares(19, 11, 30, 19, 21), rows, heads=1)
