"""Who may manage what: the county's administrator everything of the county, the principal their own school."""

from tests.support.accounts import make_appointment, make_person, roster
from tests.support.cast import Cast
from tests.support.matrix import Row, expect
from tests.support.observations import make_lesson
from yanxiu.accounts.queries import reach_of, viewer_of
from yanxiu.accounts.roster import check_roster, parse_roster
from yanxiu.accounts.services import apply_next_rows, confirm_import, keep_checked_list
from yanxiu.core import clock
from yanxiu.observations.services.watching import note_watching


def build(cast: Cast) -> dict[str, int]:
    """A teacher of the central school, one of the village school, and lists the administrator uploaded."""
    central, village = cast.place("central"), cast.place("village")
    near = make_person(central, "近处的人", id_number="330324198001010017")
    far = make_person(village, "远处的人")
    group = make_appointment(cast.user("colleague"), "group_head", cast.place("central_chinese"))
    admin = cast.user("admin")
    lesson = make_lesson(cast.user("teacher"))
    note_watching(cast.user("colleague"), lesson.id)
    return {
        "year": clock.today().year,
        "near": near.id,
        "far": far.id,
        "central": central.id,
        "village": village.id,
        "qingshan": cast.places["qingshan"],
        "chengdong": cast.places["chengdong"],
        "group": cast.places["central_chinese"],
        "empty": cast.places["village_all"],
        "appointment": group.id,
        "checked": checked_list(admin, "新老师", "19900990001"),
        "done": done_list(admin, "另一位", "19900990002"),
    }


def checked_list(actor, name: str, phone: str) -> int:
    rows = parse_roster([["姓名", "学校", "手机号"], [name, "青山镇中心小学", phone]])
    return keep_checked_list(actor, "名单.xlsx", check_roster(rows, reach_of(viewer_of(actor), rows))).id


def done_list(actor, name: str, phone: str) -> int:
    from yanxiu.accounts.models import TeacherImport
    from yanxiu.core.db import db

    import_id = checked_list(actor, name, phone)
    confirm_import(actor, db.session.get_one(TeacherImport, import_id))
    while apply_next_rows(import_id):
        pass
    return import_id


def managers(status: int = 200, *, county_only: bool = False) -> dict[str, int]:
    """The county's administrator and, unless `county_only`, the principal; for others the place does not exist."""
    others = {"admin": status} if county_only else {"admin": status, "principal": status}
    return expect(404, anonymous=302, **others)


PERSON = {
    "name": "王新",
    "organization_id": "{central}",
    "phone": "19900990099",
    "subject": "",
    "stage": "",
    "title": "",
}
LIST = roster({"姓名": "李新", "学校": "青山镇中心小学", "手机号": "19900990055"})
ROUTES = {
    ("GET", "admin.index"): Row("/admin", managers()),
    ("GET", "admin.users"): Row("/admin/users", managers()),
    ("GET", "admin.new_user"): Row("/admin/users/new", managers()),
    ("POST", "admin.new_user"): Row("/admin/users/new", managers(), data=PERSON),
    ("GET", "admin.user"): Row("/admin/users/{far}", managers(county_only=True)),
    ("GET", "admin.edit_user"): Row("/admin/users/{near}/edit", managers()),
    ("POST", "admin.edit_user"): Row("/admin/users/{near}/edit", managers(302), data=PERSON),
    ("POST", "admin.reset_user_password"): Row("/admin/users/{near}/password-reset", managers()),
    ("POST", "admin.deactivate_user_now"): Row("/admin/users/{far}/closure", managers(302, county_only=True)),
    ("POST", "admin.reactivate_user_now"): Row("/admin/users/{near}/reopening", managers(302)),
    ("POST", "admin.show_user_id_number"): Row("/admin/users/{near}/id-number", managers()),
    ("GET", "admin.organizations"): Row("/admin/organizations", managers()),
    ("GET", "admin.new_organization"): Row("/admin/organizations/new", managers()),
    ("POST", "admin.new_organization"): Row(
        "/admin/organizations/new",
        managers(302),
        data={"parent_id": "{central}", "kind": "group", "name": "英语教研组"},
    ),
    ("GET", "admin.organization"): Row("/admin/organizations/{village}", managers(county_only=True)),
    ("POST", "admin.organization"): Row("/admin/organizations/{central}", managers(302), data={"name": "青山小学"}),
    ("POST", "admin.move_organization_to"): Row(
        "/admin/organizations/{village}/parent", managers(302, county_only=True), data={"parent_id": "{chengdong}"}
    ),
    ("POST", "admin.close_organization_now"): Row("/admin/organizations/{group}/closure", managers(302)),
    ("POST", "admin.reopen_organization_now"): Row(
        "/admin/organizations/{empty}/reopening", managers(302, county_only=True)
    ),
    ("GET", "admin.appointments"): Row("/admin/appointments", managers()),
    ("GET", "admin.new_appointment"): Row("/admin/appointments/new", managers()),
    ("POST", "admin.new_appointment"): Row(
        "/admin/appointments/new",
        managers(302),
        data={"user": "zhoumin", "role": "mentor", "organization_id": "{central}", "starts_on": "2026-01-01"},
    ),
    ("POST", "admin.end_appointment_now"): Row("/admin/appointments/{appointment}/end", managers(302)),
    ("GET", "admin.imports"): Row("/admin/imports", managers()),
    ("POST", "admin.imports"): Row("/admin/imports", managers(302), files={"file": (LIST, "list.xlsx")}),
    ("GET", "admin.import_template"): Row("/admin/imports/template.xlsx", managers()),
    ("GET", "admin.teacher_import"): Row("/admin/imports/{checked}", managers(county_only=True)),
    ("POST", "admin.confirm_teacher_import"): Row(
        "/admin/imports/{checked}/confirmation", managers(302, county_only=True)
    ),
    ("POST", "admin.cancel_teacher_import"): Row(
        "/admin/imports/{checked}/cancellation", managers(302, county_only=True)
    ),
    ("POST", "admin.hand_out_import_passwords"): Row("/admin/imports/{done}/passwords", managers(county_only=True)),
    ("GET", "admin.audit"): Row("/admin/audit", managers(county_only=True)),
    ("GET", "admin.audit_csv"): Row("/admin/audit.csv", managers(county_only=True)),
    ("GET", "admin.watching_csv"): Row("/admin/watching.csv?year={year}", managers()),
    ("GET", "admin.synonyms"): Row("/admin/synonyms", managers(county_only=True)),
    ("POST", "admin.synonyms"): Row(
        "/admin/synonyms", managers(302, county_only=True), data={"content": "教案 教学设计", "based_on": "0"}
    ),
    ("GET", "admin.system"): Row("/admin/system", managers(county_only=True)),
    ("POST", "admin.check_system_audit"): Row("/admin/system/audit-check", managers(302, county_only=True)),
}
