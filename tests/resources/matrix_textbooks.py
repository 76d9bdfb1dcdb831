"""Who keeps the catalog of textbooks: researchers and administrators of the county; everybody chooses from it."""

from tests.support.cast import Cast
from tests.support.matrix import Row, expect, signed_in
from yanxiu.resources.services.textbooks import add_node, import_chains, remap_node

BOOKS = (
    ("小学", "五年级", "语文", "统编版", "下册", "第二单元", "草船借箭"),
    ("小学", "五年级", "语文", "苏教版", "下册"),
    ("初中",),
)


def build(cast: Cast) -> dict[str, object]:
    admin, county = cast.user("admin"), cast.places["county"]
    import_chains(admin, county, BOOKS)
    from yanxiu.resources.queries.textbooks import children_of

    stage, other = children_of(county, None)
    grade = children_of(county, stage)[0]
    subject = children_of(county, grade)[0]
    edition, target = children_of(county, subject)
    volume = children_of(county, edition)[0]
    new_home = add_node(admin, county, grade, "书法")
    remap = remap_node(admin, volume, children_of(county, target)[0])
    return {
        "stage": stage.id, "other": other.id, "edition": edition.id, "target": target.id,
        "home": new_home.id, "remap": remap.id,
    }  # fmt: skip


KEEPERS = {"researcher": 200, "admin": 200}
READ = expect(404, anonymous=302, **KEEPERS)
WRITE = expect(404, anonymous=302, researcher=302, admin=302)
UNDOING = expect(404, anonymous=302, researcher=409, admin=409)  # it did not come by itself
SHEET = "学段\t年级\n小学\t六年级"

ROUTES = {
    ("GET", "resources.textbooks"): Row("/resources/textbooks", READ),
    ("GET", "resources.textbook"): Row("/resources/textbooks/{edition}", READ),
    ("GET", "resources.import_textbooks_page"): Row("/resources/textbooks/import", READ),
    ("GET", "resources.standards"): Row("/resources/standards?subject=语文", READ),
    ("POST", "resources.save_standards"): Row(
        "/resources/standards", WRITE, data={"subject": "语文", "literacies": "文化自信", "themes": "整本书阅读"}
    ),
    ("GET", "resources.textbook_names"): Row("/resources/textbooks/names?stage=小学", signed_in()),
    ("GET", "resources.remap_preview"): Row("/resources/textbooks/{edition}/remap?target_id={target}", READ),
    ("POST", "resources.add_textbook"): Row(
        "/resources/textbooks", WRITE, data={"parent_id": "{stage}", "new-name": "六年级"}
    ),
    ("POST", "resources.rename_textbook"): Row("/resources/textbooks/{stage}", WRITE, data={"own-name": "小学段"}),
    ("POST", "resources.move_textbook"): Row(
        "/resources/textbooks/{edition}/place", WRITE, data={"parent_id": "{home}"}
    ),
    ("POST", "resources.step_textbook"): Row("/resources/textbooks/{other}/position", WRITE, data={"step": "up"}),
    ("POST", "resources.retire_textbook"): Row("/resources/textbooks/{other}/retirement", WRITE, data={"retired": "1"}),
    ("POST", "resources.remap_textbook"): Row(
        "/resources/textbooks/{edition}/remap", WRITE, data={"target_id": "{target}"}
    ),
    ("POST", "resources.undo_textbook_remap"): Row("/resources/textbook-remaps/{remap}/removal", WRITE, data={}),
    ("POST", "resources.install_textbooks"): Row("/resources/textbooks/shipped", WRITE, data={}),
    ("POST", "resources.undo_textbooks"): Row("/resources/textbooks/shipped/undoing", UNDOING, data={}),
    ("POST", "resources.import_textbooks"): Row(
        "/resources/textbooks/import", WRITE, data={"text": SHEET, "sure": "1"}
    ),
}
