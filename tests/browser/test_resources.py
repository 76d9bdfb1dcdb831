"""A teacher uploads, sees the preview, finds it again and downloads it, on a desk and on a phone."""

from __future__ import annotations

from playwright.sync_api import Route, expect

from tests.browser.routes import fails
from tests.support.axe import sideways_overflow, violations
from tests.support.documents import docx_bytes, image_bytes, pdf_bytes, xlsx_bytes, zip_bytes
from tests.support.eventually import eventually
from tests.support.resources import make_resource
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.resources.services.collections import create_collection, put_in_collection
from yanxiu.resources.services.textbooks import install_shipped_textbooks

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def test_a_word_file_is_uploaded_previewed_found_and_downloaded(page_for, work):
    page = page_for("teacher", 390)
    page.goto("/resources")
    page.get_by_role("link", name="上传资源").first.click()
    data = docx_bytes("火攻借箭，神机妙算。", heading="三年级的教学过程", picture=True)
    name = "五年级下册语文《草船借箭》教学设计_最终版.docx"
    page.get_by_label("选择文件").set_input_files({"name": name, "mimeType": WORD, "buffer": data})
    expect(page.get_by_role("textbox", name="标题")).to_have_value("五年级下册语文《草船借箭》教学设计")
    expect(page.get_by_role("combobox", name="类型")).to_have_value("plan")
    expect(page.get_by_role("combobox", name="年级")).to_have_value("五年级")
    expect(page.get_by_text("正文第一行有“三年级的教学过程”").last).to_be_visible()
    page.get_by_role("button", name="改用这个").click()
    expect(page.get_by_role("combobox", name="年级")).to_have_value("三年级")
    page.get_by_role("button", name="发布资源").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("草船借箭")
    expect(page.get_by_text("正在准备预览")).to_be_visible()
    work()
    expect(page.get_by_text("火攻借箭，神机妙算。")).to_be_visible()
    expect(page.get_by_role("img", name="文档中的图片")).to_be_visible()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="下载", exact=True).click()
    assert waiting.value.suggested_filename == name
    page.goto("/resources?subject=语文&kind=plan")
    expect(page.get_by_role("link", name="五年级下册语文《草船借箭》教学设计")).to_be_visible()


def test_a_refused_file_says_why_and_harms_none_of_the_others(page_for, errors):
    page = page_for("teacher")
    page.goto("/resources/new")
    page.get_by_label("选择文件").set_input_files(
        [
            {"name": "网页.docx", "mimeType": WORD, "buffer": b"<html><script>alert(1)</script></html>"},
            {"name": "板书.png", "mimeType": "image/png", "buffer": image_bytes()},
        ]
    )
    line = page.get_by_role("listitem").filter(has_text="网页.docx")
    expect(line).to_contain_text("对不上")
    expect(line.get_by_role("button", name="重试")).to_have_count(0)
    line.get_by_role("button", name="去掉").click()
    expect(line).to_have_count(0)
    expect(page.get_by_role("textbox", name="标题")).to_have_value("板书")
    errors[:] = [error for error in errors if "422" not in error]


def files(count: int, size: int) -> list[dict[str, object]]:
    """Text files of that many bytes, each with other words."""
    texts = [f"第{n}课".encode() * size for n in range(1, count + 1)]
    return [
        {"name": f"第{n}课.txt", "mimeType": "text/plain", "buffer": text[: size - size % 3]}
        for n, text in enumerate(texts, start=1)
    ]


def test_many_files_are_paused_gone_on_with_and_found_again_after_a_reload(page_for, errors, tmp_path):
    for file in files(4, 60_000):
        (tmp_path / str(file["name"])).write_bytes(file["buffer"])
    (tmp_path / "课堂.rar").write_bytes(b"Rar!")
    (tmp_path / "~$第1课.txt").write_bytes(b"lock")
    page = page_for("teacher", 390)
    page.goto("/resources/new")
    zone, summary = page.locator("[data-drop-zone]"), page.locator("[data-summary]")
    expect(zone).to_have_class("card drop-zone is-enhanced")
    page.route("**/uploads/resources/*", lambda route: None if route.request.method == "PATCH" else route.continue_())
    page.locator("#folder").set_input_files(tmp_path)
    lines = page.get_by_role("list", name="正在上传的文件").get_by_role("listitem")
    expect(lines).to_have_count(5)
    refused = lines.filter(has_text="课堂.rar")
    expect(refused).to_contain_text("请解压后上传，或改用 zip 压缩")
    page.get_by_role("button", name="暂停“第1课.txt”").click()
    first = lines.filter(has_text="第1课.txt")
    expect(first).to_contain_text("已暂停")
    expect(page.get_by_role("button", name="继续“第1课.txt”")).to_be_focused()
    expect(lines.filter(has_text="第4课.txt")).to_have_attribute("data-state", "sending")  # it got the free place
    expect(summary).to_have_text("共 5 个文件：1 个没有上传，原因写在它那一行；1 个暂停着；3 个还在传")

    page.once("dialog", lambda leaving: leaving.accept())
    page.reload()
    expect(lines).to_have_count(4)
    expect(first).to_contain_text("再选一次同一个文件")
    page.unroute("**/uploads/resources/*")
    page.locator("#folder").set_input_files(tmp_path)
    expect(page.get_by_role("textbox", name="标题")).to_have_count(4)
    expect(summary).to_have_text("传完了。共 5 个文件：4 个已传到，在下面填好后发布；1 个没有上传，原因写在它那一行")
    expect(lines).to_have_count(1)
    page.locator("#folder").set_input_files(tmp_path)
    expect(summary).to_contain_text("4 个早就传到过，没有再传")
    expect(page.get_by_role("textbox", name="标题")).to_have_count(4)
    errors[:] = [error for error in errors if "422" not in error and "409" not in error]


def test_what_was_typed_survives_a_fault_in_another_card(page_for, errors):
    page = page_for("teacher")
    page.goto("/resources/new")
    page.get_by_label("选择文件").set_input_files(
        [{"name": f"图{n}.png", "mimeType": "image/png", "buffer": image_bytes(size=(60, 40 + n))} for n in (1, 2)]
    )
    expect(page.get_by_role("textbox", name="标题")).to_have_count(2)
    page.get_by_role("textbox", name="标题").nth(0).fill("板书设计")
    page.get_by_role("textbox", name="标题").nth(1).evaluate("field => { field.required = false; field.value = ''; }")
    page.get_by_role("button", name="发布 2 份资源").click()
    expect(page.get_by_text("请填写标题")).to_be_visible()
    titles = page.get_by_role("textbox", name="标题")  # the answer may put the cards in another order
    eventually(lambda: sorted(title.input_value() for title in titles.all()) == ["", "板书设计"])
    errors[:] = [error for error in errors if "422" not in error]


def two_cards(page):
    page.goto("/resources/new")
    page.get_by_label("选择文件").set_input_files(
        [{"name": f"图{n}.png", "mimeType": "image/png", "buffer": image_bytes(size=(60, 40 + n))} for n in (1, 2)]
    )
    expect(page.get_by_role("textbox", name="标题")).to_have_count(2)


def test_a_card_is_thrown_away_only_when_asked_twice_and_lent_answers_can_be_taken_back(page_for):
    page = page_for("teacher")
    two_cards(page)
    grades = page.get_by_role("combobox", name="年级")
    grades.nth(0).select_option("五年级")
    grades.nth(1).select_option("三年级")
    page.get_by_role("button", name="把第一份的分类用到全部").click()
    expect(grades.nth(1)).to_have_value("五年级")
    page.get_by_role("button", name="撤销").click()
    expect(grades.nth(1)).to_have_value("三年级")
    for answer, left in (("取消", 2), ("去掉", 1)):
        page.get_by_role("button", name="去掉").first.click()
        page.get_by_role("dialog").get_by_role("button", name=answer).click()
        expect(page.get_by_role("textbox", name="标题")).to_have_count(left)


def test_a_file_that_did_not_get_through_is_sent_again(page_for, errors):
    page = page_for("teacher")
    page.clock.install()
    page.goto("/resources/new")
    held: list[Route] = []
    unanswered: list[Route] = []
    made: list[str] = []
    page.on("request", lambda sent: made.append(sent.method) if sent.url.endswith("/uploads/resources") else None)
    page.route("**/resources/arrivals/*", lambda route: unanswered.append(route), times=1)
    for answer in (503, 401):
        page.route("**/resources/arrivals/*", fails(answer), times=1)
    page.route("**/uploads/resources/*", fails(502), times=1)
    page.route("**/uploads/resources", fails(400), times=1)
    page.route("**/uploads/resources", lambda route: held.append(route), times=1)
    page.evaluate("localStorage.setItem('viewer', 'another')")
    page.get_by_label("选择文件").set_input_files(
        {"name": "板书.png", "mimeType": "image/png", "buffer": image_bytes()}
    )
    line = page.get_by_role("listitem").filter(has_text="板书.png")
    expect(line).to_contain_text("换了人登录")
    assert made == []
    page.evaluate("localStorage.removeItem('viewer')")
    line.get_by_role("button", name="继续").click()
    eventually(lambda: page.evaluate("1") and held)
    line.get_by_role("button", name="暂停").click()
    with page.expect_event("requestfailed"):
        held[0].abort("internetdisconnected")
    expect(line).to_have_attribute("data-state", "paused")
    line.get_by_role("button", name="继续").click()
    expect(line).to_contain_text("没有上传成功，请点重试")
    expect(line.get_by_role("button", name="去掉")).to_be_visible()
    line.get_by_role("button", name="重试").click()
    expect(line).to_contain_text("登录已过期")
    line.get_by_role("button", name="重试").click()
    eventually(lambda: page.evaluate("1") and unanswered)
    page.clock.fast_forward("02:01")
    expect(line).to_contain_text("服务器还没有回答，会自动再问")
    page.clock.fast_forward("00:02")
    expect(page.get_by_role("textbox", name="标题")).to_have_value("板书")
    expect(line).to_have_count(0)
    assert len(made) == 3  # broken off, refused, taken: a busy server afterwards is no reason to begin again
    errors[:] = [error for error in errors if not any(f"status of {code}" in error for code in (400, 401, 502, 503))]


def test_favorites_and_the_bin(page_for, app, cast):
    with app.app_context():
        resource_id = make_resource(cast.user("teacher")).id
    page = page_for("teacher")
    page.goto(f"/resources/{resource_id}")
    page.get_by_role("button", name="收藏").click()
    expect(page.get_by_role("button", name="已收藏")).to_be_visible()
    page.goto("/resources?mine=favorites")
    expect(page.get_by_role("link", name="草船借箭教学设计")).to_be_visible()
    page.get_by_role("link", name="草船借箭教学设计").click()
    page.get_by_role("button", name="删除").click()
    expect(page.get_by_role("heading", name="已删除《草船借箭教学设计》")).to_be_visible()
    page.get_by_role("button", name="撤销删除").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("草船借箭教学设计")


def test_the_page_without_scripts_still_uploads(browser, live_server, client_for):
    from tests.support.clients import session_cookie

    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    context.add_cookies([{"name": "yanxiu", "value": session_cookie(client_for("teacher")), "url": live_server.url}])
    page = context.new_page()
    page.goto("/resources/new")
    page.get_by_label("选择文件").set_input_files(
        {"name": "板书.png", "mimeType": "image/png", "buffer": image_bytes()}
    )
    page.get_by_role("button", name="上传文件").click()
    expect(page.get_by_role("textbox", name="标题")).to_have_value("板书")
    page.get_by_role("button", name="发布资源").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("板书")
    context.close()


OLD_ENGINE = """
const real = Event.prototype.preventDefault;
Event.prototype.preventDefault = function () { if (this.type !== "beforeunload") real.call(this); };"""


def test_leaving_during_an_upload_asks_also_in_engines_that_look_at_the_return_value_only(context_for):
    page = context_for("teacher").new_page()
    page.add_init_script(OLD_ENGINE)
    page.goto("/resources/new")
    page.route("**/uploads/resources", lambda _route: None)
    page.get_by_role("heading", name="上传资源").click()
    document = {"name": "教案.docx", "mimeType": WORD, "buffer": docx_bytes("正文")}
    page.get_by_label("选择文件").set_input_files(document)
    expect(page.locator("[data-drop-zone]")).to_have_attribute("data-state", "saving")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto("/", wait_until="networkidle")
    assert asked == ["beforeunload"]


def test_a_reviewer_goes_through_the_queue_by_keys_alone(page_for, app, cast):
    with app.app_context():
        for title in ("第一份教案", "第二份教案", "第三份教案"):
            make_resource(cast.user("teacher"), title)
    page = page_for("principal")
    page.goto("/resources/reviews")
    heading = page.locator("#reviewed")
    expect(heading).to_have_text("第一份教案")
    page.keyboard.press("j")
    expect(heading).to_have_text("第二份教案")
    page.keyboard.press("k")
    expect(heading).to_have_text("第一份教案")
    page.keyboard.press("a")
    expect(page.get_by_text("已通过，评为校级")).to_be_visible()
    expect(heading).to_have_text("第二份教案")
    page.keyboard.press("r")
    reason = page.get_by_role("textbox", name="退回的理由")
    expect(reason).to_be_focused()
    page.keyboard.type("ja 请补板书")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("已退回，作者会收到您的理由")).to_be_visible()
    expect(heading).to_have_text("第三份教案")


def test_books_are_chosen_step_by_step(page_for, app, cast):
    with app.app_context(), unit_of_work():
        install_shipped_textbooks(None, cast.places["county"])
    page = page_for("teacher")
    page.goto("/resources/new")
    page.get_by_label("选择文件").set_input_files(
        {"name": "板书.png", "mimeType": "image/png", "buffer": image_bytes()}
    )
    choices = [("学段", "小学"), ("年级", "五年级"), ("学科", "语文")]
    for label, word in choices:
        page.get_by_role("combobox", name=label).select_option(word)
    edition = page.get_by_role("combobox", name="版本")
    expect(edition.locator("option")).to_have_text(["未选", "统编版"])
    edition.select_option("统编版")
    page.get_by_role("combobox", name="册次").select_option("下册")
    expect(page.locator("datalist option[value=草船借箭]")).to_have_count(1)


def test_a_collection_is_ordered_by_mouse_and_by_keys(page_for, app, cast):
    with app.app_context(), unit_of_work():
        package = create_collection(cast.user("teacher"), "备课包")
        for title in ("甲", "乙", "丙"):
            put_in_collection(cast.user("teacher"), package, make_resource(cast.user("teacher"), title))
        address = f"/collections/{package.id}"
    page = page_for("teacher")
    page.goto(f"{address}/edit")
    rows = page.locator("[data-order-row] .item-title")
    expect(rows).to_have_text(["甲", "乙", "丙"])
    page.get_by_role("button", name="下移“甲”").focus()
    page.keyboard.press("Alt+ArrowDown")
    expect(rows).to_have_text(["乙", "甲", "丙"])
    expect(page.get_by_role("button", name="下移“甲”")).to_be_focused()
    expect(page.get_by_text("已移到第 2 位")).to_be_visible()
    grip = page.locator("[data-order-row]", has_text="丙").locator("[data-order-grip]").bounding_box()
    top = page.locator("[data-order-row]").first.bounding_box()
    assert grip is not None
    assert top is not None
    page.mouse.move(grip["x"] + 5, grip["y"] + 5)
    page.mouse.down()
    page.mouse.move(grip["x"] + 5, top["y"] + 2, steps=4)
    page.mouse.up()
    expect(rows).to_have_text(["丙", "乙", "甲"])
    expect(page.get_by_text("已移到第 1 位")).to_be_visible()
    page.goto(address)
    expect(page.locator("[id^=resource-] .item-title")).to_have_text(["丙", "乙", "甲"])


def test_a_folder_and_its_sheet_are_sent_over_two_days_checked_imported_and_taken_back(page_for, tmp_path, errors):
    folder = tmp_path / "备课资料" / "第一课"
    folder.mkdir(parents=True)
    (folder / "草船借箭.txt").write_text("火攻借箭。" * 300_000, "utf-8")  # two portions
    (folder / "多出来的.docx").write_bytes(docx_bytes("没有写进表格。"))
    (folder.parent / ".DS_Store").write_bytes(b"x")
    (folder.parent / "坏.docx").write_bytes(b"<html>")
    rows = [["文件名", "标题", "类型"], ["草船借箭.txt", "火攻借箭", "教学设计"], ["坏.docx", "打不开的", "课件"]]
    page = page_for("teacher", 390)
    page.goto("/resources/new")
    page.get_by_role("link", name="用表格批量导入").click()
    page.get_by_label("填好的表格").set_input_files({"name": "导入.xlsx", "mimeType": "", "buffer": xlsx_bytes(rows)})
    page.get_by_role("button", name="上传并检查").click()
    expect(page.get_by_role("row").filter(has_text="火攻借箭")).to_contain_text("缺文件")
    lines = page.get_by_role("list", name="正在上传的文件").get_by_role("listitem")
    summary = page.locator("[data-summary]")

    def hold_the_second(route: Route) -> None:
        if route.request.headers.get("upload-offset", "0") == "0":
            route.continue_()

    page.route("**/uploads/imports/*", hold_the_second)
    page.get_by_label("选择文件夹").set_input_files(str(tmp_path / "备课资料"))
    expect(summary).to_contain_text("1 个已收下；1 个没有上传，原因写在它那一行；1 个还在传")
    expect(page.locator("[data-whole]")).to_contain_text("全部 9")
    expect(lines.filter(has_text="坏.docx")).to_contain_text("对不上")
    page.once("dialog", lambda leaving: leaving.accept())
    page.reload()

    expect(lines).to_contain_text("备课资料/第一课/草船借箭.txt")
    expect(lines).to_contain_text("上次传到了 93%")
    page.unroute("**/uploads/imports/*")
    here = page.url
    page.route(here, lambda route: route.abort("internetdisconnected"), times=1)
    offsets: list[str] = []
    page.on("request", lambda sent: offsets.append(sent.headers["upload-offset"]) if sent.method == "PATCH" else None)
    page.get_by_label("选择文件夹").set_input_files(str(tmp_path / "备课资料"))
    expect(summary).to_contain_text("1 个已收下；1 个早就传到过，没有再传；1 个没有上传，原因写在它那一行")
    assert sorted(map(int, offsets)) == [0, 4 * 1024**2], "only what was refused began anew"
    expect(page.get_by_text("下面的检查结果还没有更新")).to_be_visible()
    assert violations(page) == []
    assert sideways_overflow(page) <= 0
    page.reload()
    expect(page.get_by_role("row").filter(has_text="火攻借箭")).to_contain_text("新建")
    expect(page.get_by_text("备课资料/第一课/多出来的.docx")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="打不开的")).to_contain_text("第 3 行：文件夹里没有“坏.docx”")
    page.get_by_role("button", name="确认导入 1 份").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("导入结果")
    expect(page.get_by_role("link", name="火攻借箭")).to_be_visible()
    page.get_by_role("button", name="撤销这次导入").click()
    page.get_by_role("dialog").get_by_role("button").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("导入已撤销")
    errors[:] = [error for error in errors if "422" not in error and "409" not in error]


def test_a_zip_for_an_import_goes_up_in_portions(page_for, errors):
    bundle = zip_bytes({"导入.xlsx": xlsx_bytes([["文件名", "类型"], ["课.txt", "课件"]])})
    page = page_for("teacher")
    page.goto("/resources/imports")
    page.route("**/resources/imports/arrivals/*", fails(503), times=1)
    page.get_by_label("填好的表格").set_input_files({"name": "包.zip", "mimeType": "", "buffer": bundle})
    page.get_by_role("button", name="上传并检查").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("正在拆开压缩包")
    errors[:] = [error for error in errors if "503" not in error]


def test_a_long_pdf_is_read_to_its_end_without_downloading_it(app, cast, page_for, work, errors):
    with app.app_context():
        book = make_resource(cast.user("teacher"), name="手册.pdf", data=pdf_bytes("Borrowing arrows", pages=45)).id
    work()
    page = page_for("colleague", 390)
    page.goto(f"/resources/{book}")
    expect(page.get_by_text("共 45 页，这里显示前 40 页")).to_be_visible()
    page.route("**/media", lambda route: route.abort())
    page.get_by_role("button", name="阅读全文").click()
    expect(page.get_by_text("全文没有载入，可能是网络断了")).to_be_visible()
    page.unroute("**/media")
    errors[:] = [error for error in errors if "ERR_FAILED" not in error]
    page.get_by_role("button", name="阅读全文").click()
    text = page.get_by_role("region", name="全文")
    expect(text).to_be_focused()
    drawn = text.locator("figure[data-state=drawn]")
    expect(drawn.first).to_contain_text("Borrowing arrows")
    assert text.locator("figure").count() == 45
    assert drawn.count() < 8
    page.get_by_label("页码").fill("45")
    page.get_by_label("页码").press("Enter")
    expect(text.locator("figure[data-page='45'][data-state=drawn]")).to_be_in_viewport()
    expect(text.locator("figure[data-page='1']")).not_to_have_attribute("data-state", "drawn")
    text.press("Control+f")
    expect(page.get_by_label("在全文里查找")).to_be_focused()
    page.keyboard.type("ARROWS")
    said = page.locator("[data-found]")
    expect(said).to_have_text("第 45 处，共 45 处")
    page.keyboard.press("Enter")
    expect(said).to_have_text("第 1 处，共 45 处")
    expect(text.locator("mark[data-current]")).to_be_in_viewport()
    page.keyboard.type("x")
    expect(said).to_have_text("没有找到")
    page.get_by_role("button", name="放大").click()
    expect(text.locator("figure").first).to_have_attribute("data-state", "drawn")
    assert violations(page) == []
    assert sideways_overflow(page) == 0


def test_what_people_say_of_a_resource_appears_for_who_reads_it(app, cast, page_for, errors):
    with app.app_context():
        lesson = make_resource(cast.user("teacher")).id
    page, reader = page_for("colleague", 390), page_for("teacher")
    for each in (page, reader):
        each.goto(f"/resources/{lesson}")
        expect(each.locator("#talk")).to_have_attribute("data-state", "live")
    page.get_by_role("button", name="4 星").click()
    expect(page.locator("#voices")).to_contain_text("4.0 分，1 人评")
    field = page.get_by_role("textbox", name="评论")
    low = field.evaluate("area => area.offsetHeight")
    field.fill("品读部分要留足时间\n" * 12)
    assert field.evaluate("area => area.offsetHeight") > 2 * low
    page.context.set_offline(True)
    page.get_by_role("button", name="发表评论").click()
    expect(page.get_by_text("联网后自动发送")).to_be_visible()
    page.context.set_offline(False)
    expect(reader.locator("#talk .talk-thread")).to_contain_text("品读部分要留足时间")
    expect(page.locator("#talk .talk-thread")).to_have_count(1)
    expect(field).to_have_value("")
    eventually(lambda: field.evaluate("area => area.offsetHeight") == low)
    reader.locator("#talk summary").click()
    reader.get_by_role("textbox", name="回复").fill("谢谢，已经改了")
    reader.get_by_role("button", name="发表回复").click()
    expect(reader.locator(".talk-reply")).to_contain_text("谢谢，已经改了")
    expect(page.locator(".talk-reply")).to_contain_text("谢谢，已经改了")
    assert violations(page) == violations(reader) == []
    errors[:] = [error for error in errors if "INTERNET_DISCONNECTED" not in error]
