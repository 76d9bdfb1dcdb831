"""Messages from kept searches: how much there is that one was not told of."""

from __future__ import annotations

from yanxiu.core.events import Subscription
from yanxiu.notifications.services import Message, notify
from yanxiu.search.events import SavedSearchFound


def _on_news(event: SavedSearchFound) -> None:
    message = Message(
        kind="search_found",
        actor_id=None,
        place="我存的搜索",
        place_url="/search/saved",
        headline=f"「{event.name}」",
        url=f"/search/saved/{event.saved_id}/news",
        topic=f"search:{event.saved_id}",
        count=event.count,
    )
    notify({event.user_id}, message)


SUBSCRIPTIONS: tuple[Subscription, ...] = (Subscription(SavedSearchFound, _on_news),)
