"""What search may know of the resource bank."""

from __future__ import annotations

from yanxiu.core.search_queue import IndexSource, PrincipalSource

SOURCES: tuple[IndexSource, ...] = ()
PRINCIPALS: tuple[PrincipalSource, ...] = ()
