"""Whether the database of this test process differs from its template."""

from __future__ import annotations


class State:
    """Set by every commit, cleared when the template's state is back."""

    dirty = False
