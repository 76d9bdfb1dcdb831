"""Addresses nobody gave out, and any text as a topic and a reply (the fields of every form: tests/test_fuzz_forms.py)."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.matrix import filled
from tests.workshops.matrix import build
from yanxiu.core.unit_of_work import unit_of_work

pytestmark = pytest.mark.slow
CHINESE = re.compile(r"[\u4e00-\u9fff]")
FETCH = {"X-Requested-With": "fetch", "Accept": "application/json"}


@pytest.fixture
def names(app, cast):
    with app.app_context(), unit_of_work():
        return build(cast)


def assert_calm(answer):
    assert answer.status_code < 500, answer.get_data(as_text=True)[:300]
    if answer.status_code >= 400:
        assert CHINESE.search(answer.json["message"] if answer.is_json else answer.get_data(as_text=True))


@pytest.mark.parametrize(
    "path",
    [
        "/workshops/{w}/topics?cursor=xx",
        "/workshops/{w}/topics?cursor=WzEsMl0",
        "/workshops/{w}/topics?sort=zzz",
        "/workshops/{w}/topics/{t}?cursor=W251bGxd",
        "/workshops/{w}/topics/{t}?at=99999999999999999999",
        "/workshops/{w}/topics/{t}?at=-1&order=x&reply_to=abc&quote=999999999999999",
        "/workshops/{w}/topics/{t}/posts",
        "/workshops/{w}/topics/{t}/posts?since=99999999999999999999999",
        "/workshops/{w}/topics/changes?since=-1",
        "/workshops/{w}/members?group=99999999999&q=%25_%00",
        "/workshops/{w}/invitations?q=%00%ff",
        "/workshops?subject=zzz&stage=zzz&cursor=e30",
        "/workshops/99999999999999999999",
        "/workshops/{w}/topics/99999999999999999999999",
        "/workshops/{w}/topics/{t}/attachments/99999999999999999999",
        "/workshops/{w}/people?q=%00",
    ],
)
def test_addresses_that_nobody_gave_out(client_for, names, path):
    assert_calm(client_for("leader").get(filled(path, names)))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=300), title=st.text(max_size=120))
@pytest.mark.once
def test_any_text_is_posted_or_refused_in_words(client_for, names, text, title):
    client = client_for("leader")
    form = {"title": title, "html": text, "format": "html"}
    assert_calm(client.post(f"/workshops/{names['w']}/topics", data=form, headers=FETCH))
    assert_calm(client.post(f"/workshops/{names['w']}/topics/{names['t']}/posts", data=form, headers=FETCH))
    assert client.get(f"/workshops/{names['w']}/topics/{names['t']}").status_code == 200
