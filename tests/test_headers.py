"""Every answer carries headers under which a browser runs nothing that is not ours.

The score follows the public scheme of the HTTP Observatory: 100 for missing no header that counts, up to 30 for
stricter ones. HSTS counts only over HTTPS, so the pages are asked for over HTTPS.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import pytest
from flask import Flask

from tests.support.clients import Client

LEAST_SCORE = 125
pytestmark = pytest.mark.once


def directives(policy: str) -> dict[str, list[str]]:
    parts = (part.split() for part in policy.split(";"))
    return {words[0]: words[1:] for words in parts if words}


def score(headers: Mapping[str, str]) -> int:
    """The score of one HTML answer that came over HTTPS."""
    policy = directives(headers.get("Content-Security-Policy", ""))
    scripts = policy.get("script-src", policy.get("default-src", []))
    points = 100
    points -= 25 * ("'unsafe-inline'" in scripts or "'unsafe-eval'" in scripts or not scripts)
    points -= 20 * ("max-age" not in headers.get("Strict-Transport-Security", ""))
    points -= 5 * (headers.get("X-Content-Type-Options") != "nosniff")
    points -= 20 * ("frame-ancestors" not in policy)
    points += 5 * (bool(policy) and "'unsafe-inline'" not in str(policy))
    points += 5 * ("frame-ancestors" in policy)
    points += 5 * (headers.get("Referrer-Policy") in ("same-origin", "no-referrer", "strict-origin"))
    points += 10 * (headers.get("Cross-Origin-Resource-Policy") == "same-origin")
    cookies = headers.get("Set-Cookie", "")
    return points + 5 * (not cookies or all(word in cookies for word in ("HttpOnly", "SameSite")))


def plain_pages(app: Flask) -> list[str]:
    """The address of every page that needs no identifier."""
    return sorted(
        rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.arguments and not rule.rule.startswith("/static")
    )


@pytest.fixture(scope="module")
def seen() -> dict[str, Mapping[str, str]]:
    """What `pages` has asked for."""
    return {}


@pytest.fixture
def pages(
    app: Flask, client_for: Callable[[str], Client], seen: dict[str, Mapping[str, str]]
) -> dict[str, Mapping[str, str]]:
    """Headers of every HTML page that the administrator and an anonymous visitor can open, asked for once."""
    if seen:
        return seen
    for who, client in (("admin", client_for("admin")), ("anonymous", app.test_client())):
        for path in plain_pages(app):
            with client.get(path, base_url="https://localhost") as answer:
                if answer.mimetype == "text/html":
                    seen[f"{path} as {who}"] = answer.headers
    return seen


def test_every_page_scores_well(pages: dict[str, Mapping[str, str]]) -> None:
    assert {"/login as anonymous", "/ as anonymous", "/ as admin"} <= set(pages)
    weak = {page: points for page, headers in pages.items() if (points := score(headers)) < LEAST_SCORE}
    assert not weak


def test_scripts_run_by_nonce_and_nothing_else(pages: dict[str, Mapping[str, str]]) -> None:
    for page, headers in pages.items():
        policy = directives(headers["Content-Security-Policy"])
        assert any(re.fullmatch(r"'nonce-[\w-]{16,}'", source) for source in policy["script-src"]), page
        assert policy["object-src"] == policy["base-uri"] == ["'none'"], page
        assert policy["form-action"] == ["'self'"], page
        sources = {source for listed in policy.values() for source in listed}
        assert not {"'unsafe-inline'", "'unsafe-eval'", "*", "http:", "https:"} & sources, page


def test_a_nonce_is_used_once(client: Client) -> None:
    first, second = (client.get("/login").headers["Content-Security-Policy"] for _ in range(2))
    assert first != second


def test_pages_of_a_person_are_not_kept_by_shared_caches(pages: dict[str, Mapping[str, str]]) -> None:
    for page, headers in pages.items():
        assert "private" in headers["Cache-Control"] or "no-store" in headers["Cache-Control"], page


def test_a_missing_page_and_a_refused_form_carry_the_headers_too(client: Client) -> None:
    for answer in (client.get("/no-such-page"), client.post("/login", headers={"X-CSRFToken": "wrong"})):
        assert answer.status_code >= 400
        assert score({**answer.headers, "Strict-Transport-Security": "max-age=1"}) >= LEAST_SCORE


def test_built_assets_are_cached_for_good_and_the_worker_is_not(client: Client, app: Flask) -> None:
    with app.test_request_context():
        address = app.jinja_env.globals["asset"]("app.js")  # type: ignore[operator]
    with client.get(address) as answer:
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]
    with client.get("/sw.js") as worker:
        assert worker.status_code == 200
        assert worker.headers["Cache-Control"] == "no-cache"
