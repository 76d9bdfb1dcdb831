"""What comes at once is written together: one commit for many, nobody answered before it, nobody refused for another's sake."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy.exc import OperationalError

from tests.support.eventually import eventually
from yanxiu.core.batches import MOST, Batches
from yanxiu.core.errors import InvalidError


class Book:
    """What was written, batch by batch; the first writer stops until the test lets it go on."""

    def __init__(self):
        self.written, self.may_go_on, self.trouble = [], threading.Event(), {}

    def write(self, _place, wishes):
        if not self.written:
            self.written.append(list(wishes))
            assert self.may_go_on.wait(20)
            return [f"did {wish}" for wish in wishes]
        for wish in wishes:
            if wish in self.trouble and (len(wishes) > 1 or self.trouble[wish] is not None):
                raise self.trouble[wish] or RuntimeError("a batch fails as a whole")
        self.written.append(list(wishes))
        return [InvalidError("不行") if wish == "bad" else f"did {wish}" for wish in wishes]


@pytest.fixture
def all_at_once(app):
    """`all_at_once(book, wishes)`: what became of each, all sent while the first is being written."""

    def send(book, wishes):
        batches = Batches(book.write)

        def one(wish):
            with app.app_context():
                try:
                    return batches.add("lesson", wish)
                except Exception as error:
                    return error

        def waiting():
            return len(batches._waiting.get("lesson", ()))

        with ThreadPoolExecutor(max_workers=len(wishes)) as pool:
            first = pool.submit(one, wishes[0])
            eventually(lambda: bool(book.written))
            others = []
            for number, wish in enumerate(wishes[1:], start=1):
                others.append(pool.submit(one, wish))
                eventually(lambda number=number: waiting() == number)
            assert not any(asked.done() for asked in (first, *others)), "nobody hears before it is written"
            book.may_go_on.set()
            found = [asked.result() for asked in (first, *others)]
        assert not batches._waiting, "nothing is left behind"
        return found

    return send


def test_who_comes_meanwhile_is_written_with_the_next(all_at_once):
    book, wishes = Book(), ["first", *(f"w{number}" for number in range(MOST + 3))]
    assert all_at_once(book, wishes) == [f"did {wish}" for wish in wishes]
    assert book.written == [["first"], wishes[1 : MOST + 1], wishes[MOST + 1 :]]


def test_what_is_refused_or_fails_is_nobody_elses_trouble(all_at_once):
    book = Book()
    book.trouble = {"poison": ValueError("breaks the transaction"), "odd": None}
    found = all_at_once(book, ["first", "a", "bad", "poison", "odd", "b"])
    assert found[0] == "did first"
    assert [str(one) for one in found[1:]] == ["did a", "不行", "breaks the transaction", "did odd", "did b"]


def test_a_database_that_takes_nothing_is_told_to_all_of_them(all_at_once):
    book, locked = Book(), OperationalError("BEGIN", None, RuntimeError("locked"))
    book.trouble = {"b": locked}
    assert all_at_once(book, ["first", "a", "b", "c"]) == ["did first", locked, locked, locked]
    assert len(book.written) == 1, "not tried one by one: each would wait as long again"
