"""What happens in the library."""

from __future__ import annotations

from dataclasses import dataclass

from yanxiu.core.events import Event


@dataclass(frozen=True)
class ResourcePublished(Event):
    """A resource entered the library with its first version."""

    resource_id: int
    file_id: int
    actor_id: int
    workshop_id: int | None


@dataclass(frozen=True)
class ResourceUpdated(Event):
    """Title, classification or visibility of a resource changed."""

    resource_id: int
    actor_id: int


@dataclass(frozen=True)
class ResourceVersionAdded(Event):
    """A resource got a newer version."""

    resource_id: int
    file_id: int
    actor_id: int


@dataclass(frozen=True)
class ResourceTextRead(Event):
    """The worker knows the text inside the current version."""

    resource_id: int
    file_id: int


@dataclass(frozen=True)
class ResourceRemoved(Event):
    """A resource was put in the bin."""

    resource_id: int
    actor_id: int


@dataclass(frozen=True)
class ResourceRestored(Event):
    """A resource came back from the bin."""

    resource_id: int
    actor_id: int


@dataclass(frozen=True)
class UploadReceived(Event):
    """A file arrived and waits to be described."""

    upload_id: int
    owner_id: int


@dataclass(frozen=True)
class ResourceOpened(Event):
    """Somebody opened a resource for which a plan waits."""

    resource_id: int
    user_id: int


@dataclass(frozen=True)
class ResourcesFiled(Event):
    """These resources stand at another place of the catalog of textbooks, or it has another name."""

    resource_ids: tuple[int, ...]


@dataclass(frozen=True)
class ResourceReviewed(Event):
    """A school or the county decided on a resource: `grading` is the level given, empty when it was returned."""

    resource_id: int
    reviewer_id: int
    owner_id: int
    grading: str


@dataclass(frozen=True)
class ResourceTaught(Event):
    """Somebody said that they taught with a resource."""

    resource_id: int
    user_id: int
    owner_id: int


@dataclass(frozen=True)
class ResourceCommented(Event):
    """Somebody said something of a resource; `told` are its owner and who is answered."""

    resource_id: int
    thread_id: int
    actor_id: int
    told: frozenset[int]


@dataclass(frozen=True)
class ResourceTakenDown(Event):
    """School or county took a resource down, with a reason."""

    resource_id: int
    actor_id: int
    owner_id: int


@dataclass(frozen=True)
class CollectionChanged(Event):
    """A collection was made, changed or fetched back; `narrowed` when fewer may see it, or less is in it."""

    collection_id: int
    narrowed: bool = False


@dataclass(frozen=True)
class BooksRenamed(Event):
    """A place of a county's catalog has other names: those of the chain from the stage down, before and after."""

    county_id: int
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True)
class BooksRemapped(Event):
    """Everything under one place of a county's catalog was taken over to another of the same level."""

    remap_id: int
    county_id: int
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True)
class BooksPutBack(Event):
    """A remap was taken back."""

    remap_id: int
