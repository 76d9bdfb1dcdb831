"""Hostile input at every door: the answer is a page or a 4xx with Chinese words, never a 5xx.

The doors come from the permission matrix, so a new route takes part by being listed there. `FUZZ_EXAMPLES` sets how many
examples each form gets (the bar of a release is 200; the default keeps the suite short).
"""

from __future__ import annotations

import contextlib
import itertools
import os
import re
from io import BytesIO
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from werkzeug.routing.converters import NumberConverter

from tests.support.clients import Client, client_of
from tests.support.dirt import State
from tests.support.matrix import PRINCIPALS, Row, filled
from tests.support.worlds import ROWS, Worlds, by_feature
from yanxiu.web.converters import LARGEST_ID

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "6"))
FUZZ = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
CHINESE = re.compile(r"[\u4e00-\u9fff]")
FORMS = sorted(route for route in ROWS if route[0] != "GET")
PAGES = sorted(route for route in ROWS if route[0] == "GET")

NASTY = (
    "", " ", "\x00", "a\x00b", "\ufeff", "\u202etxt.exe", "\u2066x\u2069", "\ud800", "a\udfffb", "𠮷䶮", "👩‍🏫" * 40,
    "' OR 1=1 --", "'; DROP TABLE user; --", "%", "_%\\", "{{7*7}}", "${7*7}", "%(x)s", "{0}", "%00", "../../etc/passwd",
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "javascript:alert(1)", "]]>", "&#x0;", "=1+1", "@SUM(1)",
    "0", "-1", "1.5", "1e999", "NaN", "9223372036854775808", "99999999999999999999999", "１２", "²", "true", "null", "[]", "{}",
    "2026-02-30", "0000-00-00", "99999-01-01", "2026-01-01T25:61", "//evil.example", "\\\\evil", "a" * 256, "长" * 10_001,
    "\r\nSet-Cookie: x=1", "\n" * 50, "🇨", "e" + "\u0301" * 300,
)  # fmt: skip
texts = st.one_of(st.sampled_from(NASTY), st.sampled_from(NASTY), st.text(st.characters(), max_size=60))
values: st.SearchStrategy[Any] = st.one_of(
    texts, texts, st.lists(texts, max_size=3), st.just(None), st.just(b"\xff\xfe\x00")
)
json_values = st.recursive(
    st.one_of(texts, st.none(), st.booleans(), st.integers(), st.floats(), st.just(10**400)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)),
    max_leaves=6,
)


def who_may(row: Row) -> str:
    """Whoever gets furthest through this door."""
    return min(
        PRINCIPALS,
        key=lambda principal: (row.expect[principal] >= 400, row.expect[principal] != 200, principal == "anonymous"),
    )


class Door:
    """One route in its feature's world, entered again whenever an example changed something."""

    def __init__(self, app, cast, worlds: Worlds, route: tuple[str, str]) -> None:
        self.app, self.cast, self.worlds, self.method = app, cast, worlds, route[0]
        self.feature, self.row = ROWS[route]
        self.enter()

    def enter(self) -> None:
        self.names = self.worlds.enter(self.feature, anew=False)
        self.client: Client = client_of(self.app, self.cast, who_may(self.row))
        self.url = filled(self.row.url, self.names)
        State.dirty = False

    def fields(self) -> dict[str, Any]:
        return dict(filled(dict(self.row.data or {}), self.names))

    def knock(self, url: str | None = None, **options: Any) -> None:
        if State.dirty:
            self.enter()
        headers = {**filled(dict(self.row.headers), self.names), **options.pop("headers", {})}
        answer = self.client.open(url or self.url, method=self.method, headers=headers, **options)
        with contextlib.closing(answer):
            assert answer.status_code < 500, (url or self.url, options, answer.status_code)
            if answer.status_code >= 400 and answer.status_code != 416 and self.method != "HEAD":
                assert CHINESE.search(words_of(answer)), (
                    url or self.url,
                    options,
                    answer.status_code,
                    answer.text[:300],
                )


def words_of(answer: Any) -> str:
    """The page, or the message of a JSON answer."""
    return str(answer.get_json().get("message")) if answer.is_json else str(answer.text)


def wire(value: Any) -> Any:
    """What a form can carry: text, several texts, bytes or nothing; lone surrogates as the bytes a client would send."""
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass")
    if isinstance(value, list):
        return [wire(item) for item in value]
    return value


def encoded(fields: dict[str, Any]) -> bytes:
    """Encode a form by hand: the bytes of a hostile client need not be UTF-8."""
    from urllib.parse import quote_from_bytes

    pairs = []
    for name, value in fields.items():
        for item in value if isinstance(value, list) else [value]:
            if item is not None:
                raw = wire(item) if isinstance(item, str) else item if isinstance(item, bytes) else str(item).encode()
                pairs.append(f"{quote_from_bytes(name.encode())}={quote_from_bytes(raw)}")
    return "&".join(pairs).encode()


@pytest.mark.parametrize("route", by_feature(FORMS))
def test_no_form_breaks(app, cast, worlds, route):
    door = Door(app, cast, worlds, route)
    names = [*door.fields(), *door.row.files]

    @FUZZ
    @given(st.data())
    def attack(data: st.DataObject) -> None:
        bad = data.draw(st.sets(st.sampled_from(names), min_size=1, max_size=3)) if names else set()
        fields = {**door.fields(), **{name: data.draw(values) for name in sorted(bad)}}
        if data.draw(st.integers(0, 9)) == 0:
            fields = {name: value for name, value in fields.items() if name in bad}
        if door.row.json is not None:
            return knock_with_json(door, data)
        door.knock(data=encoded(fields), headers={"Content-Type": "application/x-www-form-urlencoded"})
        return None

    attack()
    State.dirty = True


def knock_with_json(door: Door, data: st.DataObject) -> None:
    wanted = filled(door.row.json, door.names)
    if isinstance(wanted, dict) and wanted and data.draw(st.booleans()):
        name = data.draw(st.sampled_from(sorted(wanted)))
        door.knock(json={**wanted, name: data.draw(json_values)})
    else:
        door.knock(json=data.draw(json_values))


@pytest.mark.once
@pytest.mark.parametrize("route", by_feature(FORMS))
def test_no_body_of_the_wrong_kind_breaks_a_form(app, cast, worlds, route):
    door = Door(app, cast, worlds, route)
    boundary = "multipart/form-data; boundary=x"
    bodies: list[tuple[bytes, str]] = [
        (b"", "application/x-www-form-urlencoded"),
        (b"&" * 1_200, "application/x-www-form-urlencoded"),
        (b"[[[[" * 500, "application/json"),
        (b"null", "application/json"),
        (b"--x\r\nContent-Disposition: form-data\r\n\r\n", boundary),
        (b"x", "nonsense"),
    ]
    for (body, kind), asked in zip(bodies, itertools.cycle(({}, {"X-Requested-With": "fetch"})), strict=False):
        door.knock(data=body, headers={"Content-Type": kind, **asked})
    names = [*door.fields(), *door.row.files]
    if names:  # files where texts are expected, and the other way round
        door.knock(data={name: (BytesIO(b"\x00\x01"), "a\u202e.exe\x00") for name in names})
        door.knock(data=dict.fromkeys(names, "三"))
    State.dirty = True


@pytest.mark.once
@pytest.mark.parametrize("route", by_feature(PAGES))
def test_no_address_breaks_a_page(app, cast, worlds, route):
    door = Door(app, cast, worlds, route)
    names = (
        "q",
        "cursor",
        "since",
        "until",
        "state",
        "only",
        "organization",
        "at",
        "t",
        "page",
        "v",
        "sort",
        "kind",
        "next",
    )

    @FUZZ
    @given(st.dictionaries(st.sampled_from(names), texts, min_size=1, max_size=3))
    def attack(query: dict[str, str]) -> None:
        joint = "&" if "?" in door.url else "?"
        door.knock(f"{door.url}{joint}{encoded(query).decode()}")

    attack()
    State.dirty = True


HUGE = ("2147483648", "9" * 40)


def knock_with_huge_numbers(door: Door) -> None:
    """Ask for each place of the address with a number that no database could hold."""
    for number in HUGE:
        for place in places_of(door.row):
            url = filled(door.row.url.replace(place, number, 1), door.names)
            door.knock(url, data=door.fields() or None)
    State.dirty = True


def places_of(row: Row) -> list[str]:
    return re.findall(r"\{\w+\}", row.url.split("?")[0])


@pytest.mark.once  # the two tests below say why
@pytest.mark.parametrize("route", by_feature(ROWS))
def test_a_number_no_row_can_have_is_not_found(app, cast, worlds, route):
    if places_of(ROWS[route][1]):
        knock_with_huge_numbers(Door(app, cast, worlds, route))


@pytest.mark.once
def test_no_number_in_an_address_reaches_a_database_that_could_not_hold_it(app):
    """So such numbers need not be tried on each database."""
    for rule in app.url_map.iter_rules():
        for name, part in rule._converters.items():
            if isinstance(part, NumberConverter):
                assert part.max is not None, (rule.rule, name)
                assert part.max <= LARGEST_ID, (rule.rule, name)


def test_a_number_in_place_of_a_word_is_not_found(app, cast, worlds):
    """Words of an address are looked up as they are, and what a database makes of them is tried on each."""
    worded = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if not all(isinstance(part, NumberConverter) for part in rule._converters.values())
    }
    asked = sorted(
        (ROWS[route][0].__name__, route) for route in ROWS if route[1] in worded and places_of(ROWS[route][1])
    )
    assert asked
    for _world, route in asked:
        knock_with_huge_numbers(Door(app, cast, worlds, route))
