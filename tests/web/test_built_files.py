"""Scripts, styles and pages travel compressed; a built file is answered without Flask and never asked for again."""

from __future__ import annotations

from pathlib import Path

import brotli
import pytest
from flask import Flask

from yanxiu.web.built_files import coding_for

pytestmark = pytest.mark.once


@pytest.fixture
def script(app: Flask) -> str:
    with app.test_request_context():
        return app.jinja_env.globals["asset"]("app.js")


def test_a_script_comes_compressed_and_is_kept_for_ever(app, script):
    plain = app.test_client().get(script)
    packed = app.test_client().get(script, headers={"Accept-Encoding": "gzip, deflate, br"})
    assert packed.headers["Content-Encoding"] == "br"
    assert brotli.decompress(packed.data) == plain.data
    assert len(packed.data) == int(packed.headers["Content-Length"]) < len(plain.data) / 2
    assert "Content-Encoding" not in plain.headers
    for answer in (plain, packed):
        assert answer.mimetype == "text/javascript"
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Vary"] == "Accept-Encoding"


def test_a_script_that_is_there_already_is_not_sent_again(app, script):
    client = app.test_client()
    etag = client.get(script).headers["ETag"]
    again = client.get(script, headers={"If-None-Match": etag})
    assert (again.status_code, again.data) == (304, b"")
    assert client.head(script).data == b""


def test_names_of_several_words_are_built_files_too(app, client):
    name = next(path.name for path in (Path(app.static_folder) / "dist").glob("pdf-worker-*.js"))
    answer = client.get(f"/static/dist/{name}", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(answer.data) < 500_000


@pytest.mark.parametrize("path", ["dist/manifest.json", "dist/app-AAAAAAAA.js", "dist/../../wsgi.py"])
def test_anything_else_is_the_business_of_the_application(app, path):
    with app.test_client().get(f"/static/{path}") as answer:
        assert "immutable" not in answer.headers.get("Cache-Control", "")
        assert answer.status_code == (200 if "manifest" in path else 404)


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [("", ""), ("identity", ""), ("gzip", "gzip"), ("gzip, br;q=0", "gzip"), ("gzip, deflate, br", "br"), ("*", "br")],
)
def test_a_browser_gets_the_best_encoding_it_takes(accepted, coding):
    assert coding_for(accepted) == coding


def test_pages_come_compressed(client_for):
    page = client_for("teacher").get("/", headers={"Accept-Encoding": "gzip, br"})
    assert page.headers["Content-Encoding"] == "br"
    assert "工作坊" in brotli.decompress(page.data).decode()
