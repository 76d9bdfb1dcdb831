"""What the workshop itself gives to its archive."""

from yanxiu.workshops.archive.folders import fill_folders
from yanxiu.workshops.archive.tables import KEPT, LEFT
from yanxiu.workshops.queries.archive_parts import ArchivePart

ARCHIVE_PARTS: tuple[ArchivePart, ...] = (ArchivePart(KEPT, LEFT, fill_folders),)
