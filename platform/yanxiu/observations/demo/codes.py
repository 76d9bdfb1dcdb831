"""What the teachers of the demo county coded in one lesson: when (seconds into the film) which code begins to hold."""

from __future__ import annotations

Coding = tuple[str, str, tuple[tuple[int, str], ...], bool]

CODINGS: tuple[Coding, ...] = (
    (
        "researcher", "st",
        ((0, "T"), (9, "S"), (13, "T"), (17, "S"), (21, "T"), (28, "S"), (34, "T"), (37, "S"), (50, "T"), (54, "S"),
         (61, "T"), (64, "S"), (67, "T"), (69, "S"), (73, "T"), (82, "S"), (85, "T")),
        True,
    ),
    (
        "leader", "st",
        ((0, "T"), (10, "S"), (13, "T"), (17, "S"), (31, "T"), (38, "S"), (47, "T"), (54, "S"), (61, "T"), (65, "S"),
         (67, "T"), (70, "S"), (80, "T")),
        True,
    ),
    (
        "researcher", "fias",
        ((0, "5"), (4, "4"), (9, "8"), (13, "4"), (15, "10"), (17, "8"), (21, "5"), (28, "6"), (31, "10"), (37, "9"),
         (50, "6"), (53, "4"), (55, "8"), (60, "3"), (64, "8"), (67, "4"), (69, "8"), (72, "3"), (73, "5"), (82, "6"),
         (85, "5")),
        True,
    ),
    (
        "colleague", "fias",
        ((0, "5"), (4, "4"), (9, "8"), (12, "4"), (17, "8"), (21, "5"), (28, "6"), (34, "6"), (37, "9"), (47, "5"),
         (53, "4"), (55, "8"), (61, "2"), (64, "8"), (67, "4"), (69, "9"), (72, "3"), (73, "5"), (82, "6"), (85, "5")),
        True,
    ),
    ("principal", "st", ((0, "T"), (9, "S"), (13, "T")), False),
)  # fmt: skip
AGREED = (15_000, 18_000, "10")
"""What the two who coded with Flanders' categories agreed on for one stretch."""

QUESTIONS: tuple[tuple[float, str], ...] = (
    (4, "Q"), (4, "L2"), (4, "C1"), (4, "R6"), (5.1, "W"), (8.5, "A"), (10, "F"),
    (12, "Q"), (12, "L1"), (12, "C3"), (12, "R3"), (13, "W"), (15, "A"), (16.4, "F"),
    (22, "Q"), (22, "L1"), (22, "R5"), (26.5, "F"),
    (37, "Q"), (37, "L4"), (37, "C3"), (37, "R7"), (43.2, "W"), (48, "A"), (50, "F"),
    (53, "Q"), (53, "L2"), (53, "C3"), (53, "R4"), (54.4, "W"), (57, "A"), (58.5, "F"),
    (64, "Q"), (64, "L3"), (64, "C4"), (64, "R9"), (67.6, "W"), (69, "A"), (72, "F"),
    (74, "Q"), (74, "L5"), (74, "C2"), (74, "R8"), (78.8, "W"), (80, "A"), (81.5, "F"),
)  # fmt: skip
"""The questions of the lesson as the county's researcher noted them: when (seconds into the film), and what."""
