"""Administration in a real browser: an account, a role, a list of teachers."""

from playwright.sync_api import expect

from tests.support.accounts import make_person, roster
from tests.support.axe import sideways_overflow, violations
from yanxiu.core.unit_of_work import unit_of_work


def is_fit(page) -> bool:
    assert violations(page) == []
    return sideways_overflow(page) <= 0


def test_a_principal_adds_a_teacher_and_hands_over_the_password(page_for):
    page = page_for("principal")
    page.goto("/admin/users")
    page.get_by_role("link", name="新建用户").click()
    page.get_by_label("姓名").fill("王新月")
    page.get_by_label("所在单位").select_option(label="青山镇中心小学")
    page.get_by_label("手机号").fill("19900990099")
    page.get_by_role("button", name="新建用户").click()
    expect(page.get_by_role("heading", name="账号已建立")).to_be_visible()
    once = page.locator(".one-time").inner_text()
    assert is_fit(page)
    teacher = page_for(None, 390)
    teacher.goto("/login")
    teacher.get_by_label("用户名 / 手机号 / 邮箱").fill("19900990099")
    teacher.get_by_label("密码", exact=True).fill(once)
    teacher.get_by_role("button", name="登录").click()
    expect(teacher.get_by_role("heading", name="请先设置新密码")).to_be_visible()


def test_a_list_of_teachers_is_imported(page_for):
    page = page_for("admin", 390)
    page.goto("/admin")
    page.get_by_role("link", name="导入教师").first.click()
    sheet = roster(
        {"姓名": "林小雨", "学校": "石桥村小学", "学科": "语文", "学段": "小学", "手机号": "19900990001"},
        {"姓名": "欧阳·阿卜杜热合曼·买买提吐尔逊", "学校": "青山镇中心小学", "手机号": "19900990002"},
        {"姓名": "", "学校": "没有这所学校的名字而且很长很长很长", "学科": "巫术", "手机号": "12"},
    )
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    page.get_by_label("名单文件").set_input_files({"name": "名单.xlsx", "mimeType": kind, "buffer": sheet})
    page.get_by_role("button", name="上传并检查").click()
    expect(page.get_by_role("heading", name="检查结果")).to_be_visible()
    expect(page.get_by_text("缺少姓名")).to_be_visible()
    assert is_fit(page)
    page.get_by_role("button", name="确认导入 2 人").click()
    expect(page.get_by_role("heading", name="导入结果")).to_be_visible()
    assert is_fit(page)
    page.get_by_role("button", name="下载账号和初始密码").click()
    with page.expect_download() as download:
        page.get_by_role("dialog").get_by_role("button").last.click()
    assert download.value.suggested_filename.endswith(".xlsx")


def test_a_role_is_given_and_ended(page_for):
    page = page_for("principal")
    page.goto("/admin/appointments/new")
    page.get_by_label("任职人").fill("周敏")
    page.get_by_label("角色").select_option(label="校级管理员")
    page.get_by_label("任职单位").select_option(label="青山镇中心小学")
    page.get_by_role("button", name="新增任职").click()
    expect(page.get_by_text("任职已生效")).to_be_visible()
    row = page.get_by_role("row").filter(has_text="周敏")
    row.get_by_role("button", name="结束").click()
    page.get_by_role("dialog").get_by_role("button").last.click()
    expect(page.get_by_text("任职已结束")).to_be_visible()


def test_closing_an_account_names_the_person_first(page_for, cast):
    page = page_for("principal")
    page.goto(f"/admin/users/{cast.teacher.id}")
    page.get_by_role("button", name="停用账号").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("李强")
    dialog.get_by_role("button").last.click()
    expect(page.get_by_text("账号已停用")).to_be_visible()


def test_the_list_of_users_goes_on_in_place(app, cast, page_for):
    with app.app_context(), unit_of_work():
        for number in range(40):
            make_person(cast.place("central"), f"同名{number:02}", username=f"same{number}")
    page = page_for("admin")
    page.goto("/admin/users?q=同名")
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(30)
    page.get_by_role("link", name="加载更多").click()
    expect(rows).to_have_count(40)
    assert is_fit(page)
