"""Who came by in the demo: on the days on which they wrote, and now and then to read; one of each team stays away."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sqlalchemy import select, update

from yanxiu.core.clock import LOCAL_ZONE
from yanxiu.core.db import db
from yanxiu.core.demo import DemoWorld
from yanxiu.workshops.models import Post, Topic, TopicVisit, Workshop, WorkshopMember, WorkshopVisit

DAYS = 60
AWAY_DAYS = 20


def seed_visits(world: DemoWorld, workshop: Workshop) -> None:
    """Note the visits of the last two months."""
    today = world.now.astimezone(LOCAL_ZONE).date()
    seats = db.session.scalars(
        select(WorkshopMember).where(WorkshopMember.workshop_id == workshop.id).order_by(WorkshopMember.id)
    ).all()
    for number, seat in enumerate(seats):
        away = 1 < number == len(seats) - 1
        days = _writing_days(workshop, seat) | _reading_days(world, seat, today, AWAY_DAYS if away else 0)
        for day in sorted(days):
            db.session.add(WorkshopVisit(workshop_id=workshop.id, user_id=seat.user_id, day=day))
        seat.visited_on = max(days, default=None)
        if away and seat.visited_on:
            _forget_opening(workshop, seat)
    db.session.flush()


def _forget_opening(workshop: Workshop, seat: WorkshopMember) -> None:
    """Who stays away has not opened what was published since."""
    last = datetime.combine(seat.visited_on or date.min, time.max, LOCAL_ZONE)
    since = select(Topic.id).where(Topic.workshop_id == workshop.id, Topic.created_at > last)
    db.session.execute(
        update(TopicVisit)
        .where(TopicVisit.user_id == seat.user_id, TopicVisit.topic_id.in_(since))
        .values(opened_at=None)
    )


def _writing_days(workshop: Workshop, seat: WorkshopMember) -> set[date]:
    moments = db.session.scalars(
        select(Post.created_at).join(Topic).where(Topic.workshop_id == workshop.id, Post.author_id == seat.user_id)
    )
    return {moment.astimezone(LOCAL_ZONE).date() for moment in moments}


def _reading_days(world: DemoWorld, seat: WorkshopMember, today: date, skipped: int) -> set[date]:
    often = world.rng.choice((2, 3, 5, 9))
    joined = seat.joined_at.astimezone(LOCAL_ZONE).date()
    days = (today - timedelta(days=n) for n in range(skipped + world.rng.randrange(often), DAYS, often))
    return {day for day in days if day >= joined}
