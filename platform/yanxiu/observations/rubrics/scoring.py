"""What a rubric is and how an evaluation adds up: total = Σ(weight · score / max), bonus points outside the hundred.

Sources: forms.md 1 and observation.md 1.6. Weights belong to criteria; a criterion with items spreads its weight
evenly over them. Weights that do not add up to the stated total are counted as they are: real sheets differ.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Level:
    """One step of the scale."""

    value: int
    label: str


@dataclass(frozen=True)
class Item:
    """One line to be judged; `hint` describes what to look at."""

    key: str
    title: str
    hint: str = ""


@dataclass(frozen=True)
class Criterion:
    """A weighted group of items; without items it is judged itself."""

    key: str
    title: str
    weight: int
    items: tuple[Item, ...] = ()
    needs_evidence: bool = False

    def lines(self) -> tuple[Item, ...]:
        return self.items or (Item(self.key, self.title),)


@dataclass(frozen=True)
class Bonus:
    """Points outside the total, 0 to `most`."""

    key: str
    title: str
    most: int


@dataclass(frozen=True)
class Band:
    """The word for a total from `least` upward."""

    least: int
    label: str


@dataclass(frozen=True)
class Snapshot:
    """Something noted beside the scores, one of `options`; it may stay open and counts for nothing."""

    key: str
    title: str
    options: tuple[Level, ...]

    def said(self, scores: Mapping[str, int]) -> str:
        """Return the word for what was noted, empty where nothing was."""
        return next((option.label for option in self.options if option.value == scores.get(self.key)), "")


@dataclass(frozen=True)
class Sheet:
    """One immutable version of a rubric.

    `notice` says whose work it is, the short form in its first line: it stands wherever the rubric is used.
    """

    criteria: tuple[Criterion, ...]
    scale: tuple[Level, ...]
    bonus: tuple[Bonus, ...] = ()
    bands: tuple[Band, ...] = ()
    total: int = 100
    trimmed: bool = False
    snapshots: tuple[Snapshot, ...] = ()
    notice: str = ""
    keys: frozenset[str] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        lines = [line.key for criterion in self.criteria for line in criterion.lines()]
        object.__setattr__(self, "keys", frozenset(lines))

    @property
    def highest(self) -> int:
        return max(level.value for level in self.scale)

    def most_of(self, key: str) -> int | None:
        """Return the highest value a line or bonus takes, None for a key the sheet does not have."""
        if key in self.keys:
            return self.highest
        return next((bonus.most for bonus in self.bonus if bonus.key == key), None)

    def allows(self, key: str, value: int) -> bool:
        if key in self.keys:
            return any(level.value == value for level in self.scale)
        for snapshot in self.snapshots:
            if snapshot.key == key:
                return any(option.value == value for option in snapshot.options)
        most = self.most_of(key)
        return most is not None and 0 <= value <= most


def missing(sheet: Sheet, scores: Mapping[str, int]) -> list[str]:
    """Return the keys of the lines not judged yet, in the order of the sheet; bonus lines are never missing."""
    return [line.key for criterion in sheet.criteria for line in criterion.lines() if line.key not in scores]


def unproven(sheet: Sheet, proven: Collection[str]) -> list[Criterion]:
    """Return the criteria that ask for evidence and have none; `proven` are the keys of those that have."""
    return [criterion for criterion in sheet.criteria if criterion.needs_evidence and criterion.key not in proven]


def criterion_points(sheet: Sheet, criterion: Criterion, scores: Mapping[str, int]) -> float | None:
    """Return the weighted points of one criterion, None while a line of it is not judged."""
    values = [scores.get(line.key) for line in criterion.lines()]
    known = [value for value in values if value is not None]
    if len(known) < len(values):
        return None
    return criterion.weight * sum(known) / (sheet.highest * len(values))


def total_points(sheet: Sheet, scores: Mapping[str, int]) -> float | None:
    """Return the total with bonus, None while a line is missing."""
    points = [criterion_points(sheet, criterion, scores) for criterion in sheet.criteria]
    known = [value for value in points if value is not None]
    if len(known) < len(points):
        return None
    return sum(known) + sum(scores.get(bonus.key, 0) for bonus in sheet.bonus)


def band_of(sheet: Sheet, points: float | None) -> str:
    """Return the word for a total, empty when the sheet has no bands or nothing is reached."""
    if points is None:
        return ""
    reached = [band for band in sheet.bands if points >= band.least]
    return max(reached, key=lambda band: band.least).label if reached else ""


def mean_of(sheet: Sheet, totals: Sequence[float]) -> float:
    """Return the mean of the observers' totals; a trimmed one leaves out one highest and one lowest of at least three."""
    counted = sorted(totals)[1:-1] if sheet.trimmed and len(totals) > 2 else totals
    return sum(counted) / len(counted)


def sheet_from(data: Mapping[str, Any]) -> Sheet:
    """Build a sheet from its stored form; KeyError or ValueError on a form that is none."""
    sheet = Sheet(
        criteria=tuple(_criterion(entry) for entry in data["criteria"]),
        scale=_levels(data["scale"]),
        bonus=tuple(Bonus(e["key"], e["title"], int(e["most"])) for e in data.get("bonus", ())),
        bands=tuple(Band(int(e["least"]), e["label"]) for e in data.get("bands", ())),
        total=int(data.get("total", 100)),
        trimmed=bool(data.get("trimmed", False)),
        snapshots=tuple(Snapshot(e["key"], e["title"], _levels(e["options"])) for e in data.get("snapshots", ())),
        notice=str(data.get("notice", "")),
    )
    if not sheet.criteria or not sheet.scale:
        raise ValueError("量表至少要有一项内容和一个等级")
    return sheet


def _levels(entries: Sequence[Mapping[str, Any]]) -> tuple[Level, ...]:
    return tuple(Level(int(entry["value"]), str(entry["label"])) for entry in entries)


def _criterion(entry: Mapping[str, Any]) -> Criterion:
    items = tuple(Item(e["key"], e["title"], e.get("hint", "")) for e in entry.get("items", ()))
    return Criterion(entry["key"], entry["title"], int(entry["weight"]), items, bool(entry.get("evidence", False)))
