"""Who reviews whose work: nobody the own, everybody as many as the others, and what is not done goes to somebody else.

Pure: works and people are ids; chance comes in as a function that shuffles a list in place.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping

Pair = tuple[int, int]
"""(work, reviewer)"""


def allocate(authors: Mapping[int, int], each: int, shuffle: Callable[[list[int]], None]) -> list[Pair]:
    """Give every work `each` reviewers among the authors, as far as there are others.

    In a shuffled circle each author reviews the works of the next ones: so all give and get the same number. `authors`
    names the author of each work, one work an author.
    """
    circle = list(authors)
    shuffle(circle)
    steps = range(1, min(each, len(circle) - 1) + 1)
    return [
        (circle[(place + step) % len(circle)], authors[work]) for place, work in enumerate(circle) for step in steps
    ]


def reissue(
    authors: Mapping[int, int],
    missing: Mapping[int, int],
    asked: Collection[Pair],
    willing: Collection[int],
    shuffle: Callable[[list[int]], None],
) -> list[Pair]:
    """Find somebody else for the reviews that are `missing` (number by work).

    Only the `willing` are asked, never for the own work and never twice for the same one; whoever has been asked least
    comes first. The work with the fewest possible reviewers chooses first.
    """
    load = Counter(reviewer for _work, reviewer in asked)
    taken = set(asked)
    pool = list(willing)
    shuffle(pool)

    def possible(work: int) -> list[int]:
        return [person for person in pool if person != authors[work] and (work, person) not in taken]

    made: list[Pair] = []
    for work in sorted(missing, key=lambda work: len(possible(work))):
        for person in sorted(possible(work), key=lambda person: load[person])[: missing[work]]:
            load[person] += 1
            taken.add((work, person))
            made.append((work, person))
    return made
