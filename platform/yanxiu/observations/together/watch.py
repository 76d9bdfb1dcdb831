"""Where a film stands that several people watch together, and who may move it. Pure.

All pages follow one statement of the server: at `at_ms` (its clock) the film was at `pos_ms` and played with `rate`, or stood
still. So the moment to show is `pos_ms + (now - at_ms) * rate`, whenever somebody comes (observation.md 3d).
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace

MAX_POS_MS = 24 * 3600 * 1000
RATES = (0.5, 0.75, 1.0, 1.25, 1.5, 2.0)


@dataclass(frozen=True)
class Scene:
    """What a film does, as one of those who watch it says: a moment of media time, playing or not, how fast."""

    playing: bool
    pos_ms: int
    rate: float


@dataclass(frozen=True)
class Watch:
    """One film watched together. `seq` grows with every change, also over several watchings of a lesson: a page passes over
    what is not newer than what it knows. With `everybody` whoever takes part may move the film."""

    playing: bool
    pos_ms: int
    rate: float
    at_ms: int
    leader_id: int
    leader: str
    everybody: bool
    seq: int

    def moment(self, now_ms: int) -> int:
        """Return the moment of the film (ms of media time) that everybody sees now."""
        if not self.playing:
            return self.pos_ms
        return self.pos_ms + round(max(0, now_ms - self.at_ms) * self.rate)

    def may_steer(self, user_id: int | None) -> bool:
        """Tell whether this person moves the film: who leads, or anybody where all may."""
        return self.everybody or user_id == self.leader_id

    def steered(self, scene: Scene, now_ms: int) -> Watch:
        """Return it at another scene from now on."""
        return replace(self, **asdict(scene), at_ms=now_ms, seq=self.seq + 1)

    def led_by(self, user_id: int, name: str, now_ms: int) -> Watch:
        """Return it in other hands; the film goes on as it was."""
        return replace(self._from(now_ms), leader_id=user_id, leader=name)

    def open_to_everybody(self, everybody: bool, now_ms: int) -> Watch:
        """Return it with the film moved by all, or again by who leads."""
        return replace(self._from(now_ms), everybody=everybody)

    def _from(self, now_ms: int) -> Watch:
        return replace(self, pos_ms=self.moment(now_ms), at_ms=now_ms, seq=self.seq + 1)

    def told(self) -> dict[str, object]:
        """Return what pages and other processes are told of it."""
        return asdict(self)


def begun(user_id: int, name: str, scene: Scene, now_ms: int) -> Watch:
    """Return a new watching; its numbers begin at the time, above those of every earlier one of the lesson."""
    return Watch(**asdict(scene), at_ms=now_ms, leader_id=user_id, leader=name, everybody=False, seq=now_ms)


def written(watch: Watch) -> str:
    """Return a watching as text."""
    return json.dumps(watch.told())


def read(text: str) -> Watch:
    """Read what `written` wrote."""
    return Watch(**json.loads(text))
