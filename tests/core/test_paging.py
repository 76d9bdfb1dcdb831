"""Key-set paging."""

import base64
from datetime import timedelta

import pytest
from sqlalchemy import case, select

from yanxiu.core import clock
from yanxiu.core.db import db
from yanxiu.core.errors import InvalidError
from yanxiu.core.paging import page_of, paginate, paginate_rows
from yanxiu.core.tasks import Job
from yanxiu.core.unit_of_work import unit_of_work


@pytest.fixture
def jobs(ctx):
    """Seven jobs, pairs of which share a moment."""
    moment = clock.now()
    with unit_of_work():
        for number in range(7):
            db.session.add(Job(kind=f"k{number}", payload={}, run_at=moment + timedelta(seconds=number // 2)))


def pages(size):
    cursor, found = None, []
    while True:
        page = paginate(select(Job), Job.run_at.desc(), Job.id.desc(), cursor=cursor, size=size)
        found.append([job.kind for job in page.items])
        cursor = page.next_cursor
        if cursor is None:
            return found


def test_pages_together_are_the_list_without_gaps_or_doubles(jobs):
    assert pages(3) == [["k6", "k5", "k4"], ["k3", "k2", "k1"], ["k0"]]


def test_the_last_full_page_says_that_it_is_the_last(jobs):
    assert pages(7) == [["k6", "k5", "k4", "k3", "k2", "k1", "k0"]]


def cursor_of(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode()


BEYOND_THE_CALENDAR = ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00")


@pytest.mark.parametrize("content", ["[" * 2000, "9" * 5000, *(f'["{moment}", 1]' for moment in BEYOND_THE_CALENDAR)])
def test_a_cursor_that_is_readable_and_absurd_is_refused(jobs, content):
    with pytest.raises(InvalidError):
        paginate(select(Job), Job.run_at.desc(), Job.id.desc(), cursor=cursor_of(content))


def test_a_cursor_with_half_a_character_is_refused(jobs):
    """Where keys are words: no database takes it."""
    with pytest.raises(InvalidError):
        paginate(select(Job), Job.kind, Job.id, cursor=cursor_of(r'["\ud800", 1]'))


@pytest.mark.parametrize("cursor", ["x", "%%%", "WzFd", "W10", "bnVsbA", "W251bGwsIG51bGxd", "é", "[" * 50])
def test_a_forged_cursor_is_refused(jobs, cursor):
    with pytest.raises(InvalidError):
        paginate(select(Job), Job.run_at.desc(), Job.id.desc(), cursor=cursor)


def test_rows_of_expressions_and_lists_in_memory_are_paged_by_key_too(jobs):
    half = case((Job.id % 2 == 0, 1), else_=0)
    cursor, found = None, []
    while cursor is not None or not found:
        page = paginate_rows(select(Job.kind, Job), half, Job.run_at.desc(), Job.id, cursor=cursor, size=3)
        found += [(kind, job.kind) for kind, job in page.items]
        cursor = page.next_cursor
    whole = db.session.scalars(select(Job.kind).order_by(half, Job.run_at.desc(), Job.id)).all()
    assert found == [(kind, kind) for kind in whole]
    first = page_of([3, 1, 2], lambda one: (-one, one), size=2)
    rest = page_of([5, 3, 1], lambda one: (-one, one), first.next_cursor, size=2)
    assert (list(first.items), list(rest.items), rest.next_cursor) == ([3, 2], [1], None), (
        "what came meanwhile moves none"
    )
    with pytest.raises(InvalidError):
        page_of([1], lambda one: (one,), cursor_of('["a"]'))
    with pytest.raises(InvalidError):
        page_of([1], lambda one: (one,), cursor_of("[1, 2]"))
