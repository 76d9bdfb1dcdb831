"""Signing in and out through the pages."""

from tests.support.clients import anonymous_client
from yanxiu.core.demo import PASSWORD


def test_the_right_password_opens_the_dashboard(app):
    client = anonymous_client(app)
    answer = client.post("/login", data={"account": "liqiang", "password": PASSWORD})
    assert answer.status_code == 302
    assert "工作台" in client.get("/").text


def test_a_wrong_password_is_said_plainly_and_keeps_the_account(app):
    answer = anonymous_client(app).post("/login", data={"account": "liqiang", "password": "wrong"})
    assert answer.status_code == 422
    assert "用户名或密码不对" in answer.text
    assert "liqiang" in answer.text


def test_five_wrong_passwords_lock_the_account_for_a_while(app):
    client = anonymous_client(app)
    for _ in range(5):
        client.post("/login", data={"account": "liqiang", "password": "wrong"})
    answer = client.post("/login", data={"account": "liqiang", "password": PASSWORD})
    assert answer.status_code == 429
    assert "分钟后再试" in answer.text


def test_next_never_leads_to_another_site(app):
    client = anonymous_client(app)
    data = {"account": "liqiang", "password": PASSWORD, "next": "//evil.example/"}
    assert client.post("/login", data=data).location == "/"


def test_signing_out_ends_the_session(client_for):
    client = client_for("teacher")
    assert client.post("/logout").status_code == 302
    assert "登录" in client.get("/").text


def test_without_a_csrf_token_nothing_is_done(client_for):
    client = client_for("teacher")
    assert client.post("/logout", headers={"X-CSRFToken": "forged"}).status_code == 400
    assert "退出登录" in client.get("/").text
