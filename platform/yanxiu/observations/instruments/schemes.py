"""The schemes of codes that are shipped. A coding keeps the slug and the version of the scheme it used.

S-T: T is what the teacher says (explains, asks, judges, sums up) and does (writes on the board, demonstrates), S is
everything else (observation.md 1.1, after 刘云, 苟琳 2013). FIAS: the ten categories of Flanders (1970), observation.md 1.2.
"""

from __future__ import annotations

from dataclasses import dataclass

GAP = "-"
"""From here on nothing is coded: a stretch that was skipped, or does not belong to the lesson."""
SHORT_CLIP_MS = 10 * 60_000


@dataclass(frozen=True)
class Code:
    """One code: what is stored, the key that sets it, the word on screen, its group and a line of help."""

    code: str
    key: str
    label: str
    group: str
    hint: str = ""


@dataclass(frozen=True)
class Scheme:
    """A set of codes of which one holds at any moment. `intervals` are the sampling steps offered, in milliseconds."""

    slug: str
    name: str
    version: int
    codes: tuple[Code, ...]
    intervals: tuple[int, ...]
    interval_ms: int
    rules: tuple[str, ...] = ()

    def allows(self, code: str) -> bool:
        return code == GAP or any(known.code == code for known in self.codes)

    def interval_for(self, duration_ms: int) -> int:
        """Return the step that is stated where nobody chose one: the usual one, the shortest for a short clip."""
        return self.interval_ms if duration_ms >= SHORT_CLIP_MS else min(self.intervals)

    def label(self, code: str) -> str:
        return next((known.label for known in self.codes if known.code == code), "未编码")

    def group(self, code: str) -> str:
        return next((known.group for known in self.codes if known.code == code), "none")


TEACHER = Code("T", "t", "教师行为", "teacher", "讲解、提问、评价、反馈、板书、演示")
STUDENT = Code("S", "s", "学生行为", "student", "发言、思考、练习、讨论、记笔记、沉默，教师行为以外的都是")
BOTH = Code("D", "d", "师生互动", "both", "一问一答连续来回，分不出以谁为主")
_ST_RULES = (
    "老师的语言和动作记 T，其余都记 S，安静思考、做题也记 S。",
    "行为变了就按一次键，不变不用按；算的时候再按取样间隔取样。",
)
_FIAS_CODES = (
    Code("1", "1", "接纳情感", "indirect", "以不使人紧张的方式接纳学生的情感"),
    Code("2", "2", "表扬鼓励", "indirect", "称赞或鼓励；不伤人的玩笑也记 2"),
    Code("3", "3", "采纳观点", "indirect", "澄清、扩展、利用学生说的"),
    Code("4", "4", "提问", "indirect", "就内容或步骤提问，期待学生回答"),
    Code("5", "5", "讲授", "direct", "讲事实、讲看法"),
    Code("6", "6", "指令", "direct", "要求学生照着做"),
    Code("7", "7", "批评或维护权威", "direct", "批评学生；拿学生开玩笑也记 7"),
    Code("8", "8", "学生应答", "student", "回答老师的问题，范围由老师定"),
    Code("9", "9", "学生主动", "student", "学生自己提出想法或问题"),
    Code("10", "0", "沉寂或混乱", "silence", "停顿、安静，或听不清在说什么；超过 3 秒才记"),
)
_FIAS_RULES = (
    "拿不准时，记离 5 最远的那一类（10 除外）。",
    "没有明显变化，不在直接影响和间接影响之间来回换。",
    "3 秒里有几类，都记下来；没有变化，算的时候每 3 秒重复一次。",
    "沉寂超过 3 秒，每 3 秒记一个 10。",
)

ST = Scheme("st", "S-T 分析", 1, (TEACHER, STUDENT), (30_000, 15_000, 10_000), 30_000, _ST_RULES)
STD = Scheme("std", "S-T 分析（加师生互动）", 1, (TEACHER, STUDENT, BOTH), (30_000, 15_000, 10_000), 30_000, _ST_RULES)
FIAS = Scheme("fias", "弗兰德斯互动分析", 1, _FIAS_CODES, (3_000,), 3_000, _FIAS_RULES)
SCHEMES = {scheme.slug: scheme for scheme in (ST, STD, FIAS)}
GROUPS = {
    "teacher": "教师",
    "student": "学生",
    "both": "互动",
    "indirect": "教师间接影响",
    "direct": "教师直接影响",
    "silence": "沉寂",
}
