"""问答记录: questions by four presses of a key, and what falls out of them (observation.md 1.5).

A question is asked (Q), somebody begins to answer (W: the waiting is over), the answer ends (A), the teacher's response
ends (F). Level (Bloom, revised), way of calling and kind of response stand at the moment of the question. All are marks of
a coding, so they are saved like one. Lists of kinds: forms.md 1 (理答, 选答方式), waits: <3 s, 3 to 5 s, longer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import mean, median

from yanxiu.observations.instruments.schemes import Code, Scheme
from yanxiu.observations.instruments.shipped import SCHEMES

ASKED, ANSWERING, ANSWERED, RESPONDED = "Q", "W", "A", "F"
LEVELS, CALLS, RESPONSES = "level", "call", "response"
FACETS = {LEVELS: "问题层次", CALLS: "谁来答", RESPONSES: "理答"}
SHORT_MS, LONG_MS = 3_000, 5_000
SEGMENT_MS = 5 * 60_000
UNANSWERED_MS = 2_000

_MOMENTS = (
    Code(ASKED, "q", "问完", "moment", "老师问完最后一个字"),
    Code(ANSWERING, "w", "开始答", "moment", "学生开口的那一刻，候答到此为止"),
    Code(ANSWERED, "a", "答完", "moment", "学生说完"),
    Code(RESPONDED, "f", "理答完", "moment", "老师回应完这个回答"),
)
_LEVELS = tuple(
    Code(f"L{number}", str(number), label, LEVELS)
    for number, label in enumerate(("记忆", "理解", "应用", "分析", "评价", "创造"), 1)
)
_CALLS = tuple(
    Code(f"C{number}", key, label, CALLS)
    for number, (key, label) in enumerate(
        zip("tyuio", ("先点名", "齐答", "举手者", "未举手者", "转问他人"), strict=True), 1
    )
)
_RESPONSES = tuple(
    Code(f"R{number}", key, label, RESPONSES)
    for number, (key, label) in enumerate(
        zip(
            "bcdeghmsv",
            ("没有响应", "简单否定", "简单肯定", "鼓励赞扬", "自己代答", "重复答案", "诱导思考", "发展答案", "追问"),
            strict=True,
        ),
        1,
    )
)
_RULES = (
    "老师问完按 Q，学生开口按 W，学生说完按 A，老师回应完按 F；候答时间自己算出来。",
    "没有人回答，按 Q 以后直接按 F。漏了一下，退回去再按一次就改过来。",
    "层次、谁来答、理答随时可以补：它们记在现在这个问题上。",
)
LEDGER = Scheme("ask", "问答记录", 1, (*_MOMENTS, *_LEVELS, *_CALLS, *_RESPONSES), (1_000,), 1_000, _RULES)
KNOWN = {**SCHEMES, LEDGER.slug: LEDGER}
"""Every scheme a coding may have: those of stretches, and the ledger."""

HIGHER = ("L4", "L5", "L6")
WAITS = ("不到 3 秒", "3–5 秒", "5 秒以上")
PUT_MS, AFTER_MS = 5000, 2000
"""So much is shown before the end of a question, and after the last that was noted of it."""


@dataclass(frozen=True)
class Question:
    """One question in milliseconds of media time; what was not pressed or chosen is None or missing."""

    asked_ms: int
    answering_ms: int | None = None
    answered_ms: int | None = None
    responded_ms: int | None = None
    facets: dict[str, str] = field(default_factory=dict)

    @property
    def wait_ms(self) -> int | None:
        """候答时间: from the end of the question to the first word of the answer; None where nobody answered."""
        return None if self.answering_ms is None else self.answering_ms - self.asked_ms

    @property
    def answer_ms(self) -> int | None:
        if self.answering_ms is None or self.answered_ms is None or self.answered_ms < self.answering_ms:
            return None
        return self.answered_ms - self.answering_ms

    @property
    def response_ms(self) -> int | None:
        if self.answered_ms is None or self.responded_ms is None or self.responded_ms < self.answered_ms:
            return None
        return self.responded_ms - self.answered_ms

    @property
    def has_waited(self) -> bool:
        """Whether the class was given `SHORT_MS` or more before somebody answered."""
        return self.wait_ms is not None and self.wait_ms >= SHORT_MS

    @property
    def shown(self) -> tuple[int, int]:
        """The stretch in which it can be looked at: the question being put, the wait, and what became of the answer."""
        known = (self.responded_ms, self.answered_ms, self.answering_ms, self.asked_ms)
        last = next(ms for ms in known if ms is not None)
        return max(0, self.asked_ms - PUT_MS), max(last, self.asked_ms) + AFTER_MS

    def label(self, facet: str) -> str:
        return LEDGER.label(self.facets[facet]) if facet in self.facets else ""


def questions_of(marks: Iterable[tuple[int, str]]) -> list[Question]:
    """Put marks (moment, code) together; those before the first question belong to none. The later of two alike holds."""
    found: list[dict[str, int | str]] = []
    ordered = sorted(enumerate(marks), key=lambda each: (each[1][0], each[1][1] != ASKED, each[0]))
    groups = {code.code: code.group for code in LEDGER.codes}
    for _number, (at_ms, code) in ordered:
        if code == ASKED:
            found.append({ASKED: at_ms})
        elif found and code in groups:
            group = groups[code]
            found[-1][code if group == "moment" else group] = at_ms if group == "moment" else code
    return [_question(one) for one in found]


def _question(told: dict[str, int | str]) -> Question:
    def moment(code: str) -> int | None:
        found = told.get(code)
        return found if isinstance(found, int) else None

    facets = {facet: str(told[facet]) for facet in FACETS if facet in told}
    return Question(moment(ASKED) or 0, moment(ANSWERING), moment(ANSWERED), moment(RESPONDED), facets)


def question_outlines(questions: Sequence[Question]) -> dict[str, str]:
    """Return what a lane of questions shows, as outlines of SVG paths with x in milliseconds and y from 0 to 1: the waits,
    the answers and the teacher's responses; a question that nobody answered is a mark of `UNANSWERED_MS`."""
    parts: dict[str, list[tuple[int, int]]] = {"wait": [], "answer": [], "response": [], "none": []}
    for one in questions:
        if one.wait_ms is None or one.answering_ms is None:
            parts["none"].append((one.asked_ms, UNANSWERED_MS))
            continue
        parts["wait"].append((one.asked_ms, one.wait_ms))
        if one.answer_ms:
            parts["answer"].append((one.answering_ms, one.answer_ms))
        if one.response_ms and one.answered_ms is not None:
            parts["response"].append((one.answered_ms, one.response_ms))
    return {
        name: "".join(f"M{start} 0h{max(long, 1)}v1h-{max(long, 1)}z" for start, long in found)
        for name, found in parts.items()
        if found
    }


@dataclass(frozen=True)
class Share:
    """How many questions are of one kind, and their share of those of which it was said, 0 to 1."""

    label: str
    count: int
    share: float


@dataclass(frozen=True)
class LedgerSummary:
    """What the questions of a lesson come to. Waits in seconds, None where nobody answered; `higher` is the share of
    questions of the upper three levels among those with a level."""

    count: int
    answered: int
    mean_wait_s: float | None
    median_wait_s: float | None
    higher: float | None
    waits: tuple[Share, ...]
    facets: dict[str, tuple[Share, ...]]
    by_time: tuple[Share, ...]


def summary_of(questions: Sequence[Question]) -> LedgerSummary:
    """Return the figures; of nothing all shares are 0."""
    waits = [one.wait_ms / 1000 for one in questions if one.wait_ms is not None]
    bands = [sum(low <= wait < high for wait in waits) for low, high in ((0, 3), (3, 5), (5, float("inf")))]
    levels = [one.facets[LEVELS] for one in questions if LEVELS in one.facets]
    return LedgerSummary(
        len(questions),
        len(waits),
        mean(waits) if waits else None,
        median(waits) if waits else None,
        sum(level in HIGHER for level in levels) / len(levels) if levels else None,
        _shares(WAITS, bands),
        {facet: _facet(questions, facet) for facet in FACETS},
        _by_time(questions),
    )


def _facet(questions: Sequence[Question], facet: str) -> tuple[Share, ...]:
    codes = [code for code in LEDGER.codes if code.group == facet]
    counts = [sum(one.facets.get(facet) == code.code for one in questions) for code in codes]
    return _shares([code.label for code in codes], counts)


def _by_time(questions: Sequence[Question]) -> tuple[Share, ...]:
    """Stretches of five minutes, as the printed sheets have them."""
    if not questions:
        return ()
    last = questions[-1].asked_ms // SEGMENT_MS
    counts = [sum(one.asked_ms // SEGMENT_MS == at for one in questions) for at in range(last + 1)]
    return _shares([f"{5 * at}–{5 * at + 5} 分" for at in range(last + 1)], counts)


def _shares(labels: Sequence[str], counts: Sequence[int]) -> tuple[Share, ...]:
    whole = sum(counts)
    return tuple(
        Share(label, count, count / whole if whole else 0.0) for label, count in zip(labels, counts, strict=True)
    )
