"""Titles as they are compared: in plans, in files that others wrote, in the layouts of schools."""

from __future__ import annotations

import re

_NOISE = re.compile(r"[\s【】\[\]（）()《》:：]")


def bare(words: str) -> str:
    """A title without spaces, brackets and colons."""
    return _NOISE.sub("", words)
