"""The preparation of a plan as one line of steps, and whose turn it is. Pure: what is counted is passed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from yanxiu.lessonplans.models import Adaptation
from yanxiu.lessonplans.models.preparations import AGREED, DRAFT, FINAL, REVIEW

DONE, NOW, AHEAD = "done", "now", "ahead"
_ORDER = (DRAFT, REVIEW, AGREED, FINAL)


@dataclass(frozen=True)
class Step:
    """One step of the line; `note` counts what can be counted."""

    name: str
    state: str
    note: str = ""


def steps_of(phase: str, made: int, taught: int, reflected: int, people: int) -> list[Step]:
    """The steps from 初案 to 定案. After 共案 each teacher goes on alone, so several steps are under way at once."""
    at = _ORDER.index(phase)
    drafted = [Step(name, DONE if at > i else NOW) for i, name in enumerate(("初案", "评议")) if at >= i]
    drafted += [Step(name, AHEAD) for name in ("初案", "评议")[len(drafted) :]]
    agreed = at >= _ORDER.index(AGREED)
    own = [
        Step("个案", _counted(agreed, made, people), f"{made}/{people}" if agreed or made else ""),
        Step("上课", _counted(bool(made), taught, made), f"{taught}/{made}" if made else ""),
        Step("反思", _counted(bool(taught), reflected, taught), f"{reflected}/{taught}" if taught else ""),
    ]
    return [*drafted, Step("共案", DONE if agreed else AHEAD), *own, Step("定案", DONE if phase == FINAL else AHEAD)]


def _counted(open_now: bool, count: int, of: int) -> str:
    if of and count >= of:
        return DONE
    return NOW if open_now else AHEAD


def turn_of(
    phase: str, lead: str, *, leads: bool, adapts: bool, mine: Adaptation | None, rests: bool, today: date
) -> str:
    """What the reader is to do next, or whom the others wait for."""
    if rests and phase != FINAL:
        return "工作坊已经结束，集体备课停在这一步"
    if phase == DRAFT:
        return "请写好初案，写好了请大家评议" if leads else f"轮到主备人{lead}：正在写初案"
    if phase == REVIEW:
        if leads:
            return "轮到您：看大家的意见，改好后定为共案"
        return f"请看初案，有想法就写进建议；改好后由{lead}定为共案"
    if adapts and (own := _own_turn(mine, today)):
        return own
    if phase == AGREED and not leads and mine is not None and mine.reflected_at is not None:
        return f"您这边都做完了，等{lead}定案"
    if phase == AGREED:
        return "老师们正在做个案、上课、写反思" + ("，都好了就可以定案" if leads else "")
    return "已经定案"


def _own_turn(mine: Adaptation | None, today: date) -> str:
    if mine is None:
        return "共案已定，轮到您：做一份自己的个案"
    if mine.reflected_at is not None:
        return ""
    if mine.taught_on is None:
        return "轮到您：按自己的班级改好个案，记下哪天上这一课"
    if mine.taught_on >= today:
        return f"您准备 {mine.taught_on.month}月{mine.taught_on.day}日 上这一课，上完请写课后反思"
    return "这一课上过了，轮到您：在个案的“教学反思”里写几句"
