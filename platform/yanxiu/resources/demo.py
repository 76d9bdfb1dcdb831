"""Sample data of the library: the owner's documents and some thirty resources of the county's teachers."""

from __future__ import annotations

import io
import tomllib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import select

from yanxiu.accounts.models import User
from yanxiu.accounts.queries import viewer_of
from yanxiu.core.db import db
from yanxiu.core.demo import DemoWorld
from yanxiu.core.storage import receive_file
from yanxiu.core.subtitles import parse_subtitles
from yanxiu.lessonplans.demo.editing import rewrite
from yanxiu.lessonplans.document import nodes
from yanxiu.lessonplans.document.nodes import Node
from yanxiu.lessonplans.document.templates import LITERACY, filled_document
from yanxiu.lessonplans.queries.originals import Original
from yanxiu.lessonplans.services.copies import copy_file
from yanxiu.observations.queries.cards import card_of, word_of_card
from yanxiu.resources.catalog import STAGE_OF_GRADE
from yanxiu.resources.demo_documents import MAKERS, shipped
from yanxiu.resources.extraction.formats import FORMATS
from yanxiu.resources.extraction.intake import CheckedFile
from yanxiu.resources.from_activities import proposed as record_proposal
from yanxiu.resources.from_activities import publish_record
from yanxiu.resources.from_lessons import Wishes, proposed, publish_card
from yanxiu.resources.import_sheet import parse_sheet
from yanxiu.resources.models import Resource, ResourceComment, ResourceDownload, ResourceView
from yanxiu.resources.services import ResourceDetails, add_version, publish_resource, receive_upload, set_favorite
from yanxiu.resources.services.collections import create_collection, put_in_collection
from yanxiu.resources.services.imports import add_file, begin_import
from yanxiu.resources.services.reviews import review_resource
from yanxiu.resources.services.subtitles import set_subtitles
from yanxiu.resources.services.textbooks import install_shipped_textbooks
from yanxiu.resources.services.usage import report_use
from yanxiu.resources.services.voices import comment, rate
from yanxiu.workshops.queries.record_papers import record_paper, word_of_record

_GIVEN = (
    "kind",
    "summary",
    "stage",
    "grade",
    "subject",
    "edition",
    "volume",
    "unit",
    "lesson",
    "license",
    "literacies",
    "theme",
    "visibility",
)
SLIDE_LINES = 6
FILM = Path(__file__).parents[1] / "observations" / "demo" / "jingyanggang.mp4"


def seed(world: DemoWorld) -> None:
    """Fill the library; the small world keeps it empty."""
    if world.small:
        return
    install_shipped_textbooks(None, world.orgs["county"].id)
    made = [_publish_seed(world, entry) for entry in _entries("seeds.toml", "document")]
    made += [_publish(world, entry) for entry in _entries("library.toml", "resource")]
    _show_film(world)
    _review(world, made)
    _collect(world, made)
    _adapt(world)
    _taught(world)
    _met(world)
    for key, note in (
        ("teacher", "改了导入，用班里学生画的人物卡。"),
        ("villager", "两个班各上了一次，品读部分要留足时间。"),
    ):
        taught = next((thing for thing in made if thing.lesson and thing.visibility == "county"), None)
        if taught is not None:
            report_use(world.users[key], taught, (world.now - timedelta(days=6)).date(), note)
    _speak(world, next(thing for thing in made if thing.lesson and thing.visibility == "county"))
    _begin_import(world)
    for user, resource in (("leader", made[0]), ("teacher", made[5]), ("teacher", made[7]), ("villager", made[6])):
        set_favorite(world.users[user], resource, True)


def _speak(world: DemoWorld, resource: Resource) -> None:
    """What colleagues say of one of them."""
    for key, stars in (("teacher", 5), ("villager", 4)):
        if world.users[key].id != resource.owner_id:
            rate(world.users[key], resource, stars)
    asked = comment(world.users["villager"], resource, "我们班只有 18 个学生，小组分工要不要改成两人一组？", "")
    thread = db.session.get_one(ResourceComment, asked)
    comment(world.users["teacher"], resource, "我带的小班也是两人一组，一人读一人记，时间反而够用。", "", thread)


def _adapt(world: DemoWorld) -> None:
    """What a teacher made of a colleague's plan for their own class, and one line that they changed."""
    entry = next(entry for entry in _entries("library.toml", "resource") if entry["file"] == "docx")
    resource = db.session.scalars(
        select(Resource).where(Resource.title == entry["title"]).order_by(Resource.id)
    ).first()
    assert resource is not None
    assert resource.current_file_id is not None
    teacher, titles = world.users["teacher"], {section.title[:4]: section.key for section in LITERACY.sections}
    parts: dict[str, list[Node]] = {}
    blocks: list[Node] = []
    for line in entry["body"].strip().splitlines():
        if line.startswith("# "):
            blocks = parts.setdefault(titles[line[2:6]], [])
        else:
            blocks.append(nodes.paragraph(line))
    card = {name: getattr(resource, name) for name in ("subject", "stage", "grade", "edition", "volume", "unit")}
    original = Original(resource.id, resource.current_file_id, resource.title, card)
    written = filled_document(LITERACY, parts)
    plan = copy_file(teacher, viewer_of(teacher), original, LITERACY.key, written, {}, ())
    parts["process"][0] = nodes.paragraph("导入（5 分钟）：学生介绍自己画的人物卡，说说诸葛亮和周瑜谁更会用兵。")
    rewrite(plan, filled_document(LITERACY, parts), teacher, world.ago(days=5))


def _taught(world: DemoWorld) -> None:
    """The lesson that everybody watched, as its teacher put it into the library."""
    teacher, lesson = world.users["teacher"], world.lessons["caochuan"]
    card = card_of(viewer_of(teacher), lesson.id)
    assert card is not None
    way = [("课例", f"研修坊 › 观课 › {lesson.title}")]
    checked = _checked(f"{lesson.title} 课例卡.docx", word_of_card(card, way, with_reflection=True))
    details = ResourceDetails(**{**proposed(card), "visibility": "county"})
    made = publish_card(teacher, card, checked, details, Wishes(tells_reflection=True, leaves_with_lesson=False))
    made.created_at = made.updated_at = made.review_since = world.ago(hours=20)


def _met(world: DemoWorld) -> None:
    """The record of the meeting that is over, as who led it put it into the library."""
    leader = world.users["leader"]
    paper = record_paper(viewer_of(leader), world.activities["difficulties"].id)
    assert paper is not None
    checked = _checked(f"{paper.activity.title} 活动记录.docx", word_of_record(viewer_of(leader), paper))
    said = ResourceDetails(**{**record_proposal(paper), "visibility": "county", "workshop_id": None})
    made = publish_record(leader, paper, checked, said)
    made.created_at = made.updated_at = made.review_since = world.ago(hours=30)


def _show_film(world: DemoWorld) -> None:
    """A piece of a filmed lesson with what is said in it: a spoken line is found, and opens at its second."""
    owner = world.users["villager"]
    checked = replace(_checked("《景阳冈》武松打虎片段.mp4", FILM.read_bytes()), duration_ms=90_000)
    film = _add(
        owner, checked, title="《景阳冈》武松打虎片段（实录）", kind="recording", stage="小学", grade="五年级", subject="语文",
        edition="统编版", volume="下册", unit="第二单元", lesson="景阳冈", theme="文学阅读与创意表达",
        literacies="语言运用、审美创造", visibility="county", license="county",
        summary="一分半钟的课堂片段：理线索，读打虎，品动词。带字幕，课上说的话也能搜到，点开就在那一秒。",
    )  # fmt: skip
    set_subtitles(owner, film, "景阳冈.vtt", parse_subtitles(shipped("jingyanggang.vtt").decode("utf-8")))
    _settle(world, film, 9, 7)


def _collect(world: DemoWorld, made: list[Resource]) -> None:
    """What a leader put together for the unit all talk about."""
    owner = world.users["leader"]
    told = "《草船借箭》和同单元课文的教案、课件、练习。先看第一课时设计，再看课件；反思和观课报告留到磨课时用。"
    package = create_collection(owner, "五年级下册第二单元备课包", told)
    for resource in [thing for thing in made if thing.unit == "第二单元" and thing.subject == "语文"][:8]:
        put_in_collection(owner, package, resource)


def _begin_import(world: DemoWorld) -> None:
    """A sheet of the teacher's that was read and waits to be confirmed, with the faults such sheets have."""
    owner = world.users["teacher"]
    sheet = [
        ["文件名", "标题", "类型", "年级", "学科", "册", "课"],
        ["《将相和》第一课时.docx", "《将相和》第一课时教学设计", "教案", "五年级", "语文", "上册", "将相和"],
        ["《将相和》学习单.docx", "《将相和》学习单", "学案", "五年级", "语文", "上册", "将相合"],
        ["《搭石》课件.pptx", "《搭石》课件", "课件", "五年级", "语文", "上册", "搭石"],
        ["单元复习.docx", "第二单元复习", "复习课", "五年级", "语文", "上册", ""],
    ]
    found = begin_import(owner, "五上第二单元资料.xlsx", parse_sheet(sheet))
    texts = {
        "《将相和》第一课时.docx": "完璧归赵、渑池之会、负荆请罪。",
        "《将相和》学习单.docx": "读课文，给每个故事起小标题。",
        "合影说明.docx": "教研活动合影。",
    }
    for name, text in texts.items():
        add_file(owner, found, _checked(name, MAKERS["docx"](name, text)), f"五上第二单元/{name}")


def _review(world: DemoWorld, made: list[Resource]) -> None:
    """Most of it has been looked at by the county; some waits, and one came back with a reason."""
    reviewer = world.users["researcher"]
    open_to_review = [thing for thing in made if thing.review_step and thing.owner_id != reviewer.id]
    for number, thing in enumerate(open_to_review):
        if number % 4 == 3:
            continue
        if thing.review_step == "school":
            _decide(reviewer, thing, "school")
        if number % 4 != 2 and thing.review_step == "county":
            _decide(reviewer, thing, "fine" if number % 8 == 0 else "county")
    returned = next((thing for thing in open_to_review if thing.review_step == "school"), None)
    if returned is not None:
        _decide(reviewer, returned, "", "内容很实用。请补上适用年级和教材版本，再写两三句怎么用。")


def _decide(reviewer: User, thing: Resource, grading: str, reason: str = "") -> None:
    assert thing.current_file_id is not None
    review_resource(reviewer, thing, thing.review_step, thing.current_file_id, grading, reason)


def _entries(file: str, table: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads(shipped(file).decode("utf-8"))[table]
    return found


def _publish(world: DemoWorld, entry: dict[str, Any]) -> Resource:
    """One resource of `library.toml`."""
    owner = _owner(world, str(entry["owner"]))
    extension = str(entry["file"])
    source = entry.get("source")
    data = shipped(source) if source else MAKERS[extension](entry["title"], entry["body"])
    workshop = world.workshops.get(entry["workshop"]) if "workshop" in entry else None
    details = {key: value for key, value in entry.items() if key in _GIVEN}
    if "workshop" in entry:
        details |= {"visibility": "workshop", "workshop_id": workshop.id} if workshop else {"visibility": "school"}
    details.setdefault("stage", STAGE_OF_GRADE.get(entry.get("grade", ""), ""))
    resource = _add(owner, _checked(f"{entry['title']}.{extension}", data), title=entry["title"], **details)
    _settle(world, resource, entry["days"], entry["downloads"])
    return resource


def _publish_seed(world: DemoWorld, entry: dict[str, Any]) -> Resource:
    """One of the owner's documents: parts of it in other formats as early versions, then the text itself."""
    owner = _owner(world, str(entry["owner"]))
    text = shipped(entry["file"])
    early = [_checked(*_part(entry, extension, text.decode("utf-8"))) for extension in entry["versions"]]
    versions = [*early, _checked(entry["name"], text)]
    details = {"kind": entry["kind"], "summary": entry["summary"], "visibility": "public", "license": "official"}
    resource = _add(owner, versions[0], title=entry["title"], **details)
    for checked in versions[1:]:
        add_version(owner, resource, checked, "补全了内容" if checked is versions[-1] else "做成了宣讲用的课件")
    _settle(world, resource, 95, entry["downloads"])
    return resource


def _part(entry: dict[str, Any], extension: str, text: str) -> tuple[str, bytes]:
    body = _outline(text) if extension == "pptx" else "\n".join(text.splitlines()[:60])
    return f"{entry['title']}.{extension}", MAKERS[extension](entry["title"], body)


def _outline(text: str) -> str:
    lines = [line.strip()[:60] for line in text.splitlines() if line.strip()][:24]
    slides = [lines[start : start + SLIDE_LINES] for start in range(0, len(lines), SLIDE_LINES)]
    return "\n".join(f"# {slide[0][:30]}\n" + "\n".join(slide[1:]) for slide in slides)


def _owner(world: DemoWorld, wanted: str) -> User:
    """A member of the cast, or a teacher of a subject who lives in the county."""
    if wanted in world.users:
        return world.users[wanted]  # type: ignore[no-any-return]
    away = world.users["stranger"].id
    fitting = [user for user in world.users.values() if user.subject == wanted and user.id != away]
    return world.rng.choice(fitting) if fitting else world.users["colleague"]  # type: ignore[no-any-return]


def _checked(name: str, data: bytes) -> CheckedFile:
    extension = "." + name.rsplit(".", 1)[-1]
    return CheckedFile(receive_file(io.BytesIO(data), name, FORMATS[extension].mime), extension)


def _add(owner: User, checked: CheckedFile, **details: Any) -> Resource:
    upload = receive_upload(owner, checked)
    return publish_resource(owner, upload, ResourceDetails(author=owner.name, **details))


def _settle(world: DemoWorld, resource: Resource, days: int, downloads: int) -> None:
    """Give it an age, and downloads by different people on the days since."""
    resource.created_at = resource.updated_at = world.ago(days=days, hours=world.rng.random() * 10)
    resource.review_since = resource.created_at
    resource.year = resource.created_at.year
    people = [user.id for user in world.users.values() if user.id != resource.owner_id]
    keys = {(world.rng.choice(people), world.rng.randrange(days + 1)) for _ in range(downloads)}
    for user_id, age in sorted(keys):
        day = (world.now - timedelta(days=age)).date()
        db.session.add(ResourceDownload(resource_id=resource.id, user_id=user_id, day=day))
    resource.download_count = len(keys)
    chance = Random(resource.id)
    looks = keys | {(chance.choice(people), chance.randrange(days + 1)) for _ in range(2 * downloads)}
    for user_id, age in sorted(looks):
        day = (world.now - timedelta(days=age)).date()
        db.session.add(ResourceView(resource_id=resource.id, user_id=user_id, day=day))
    db.session.flush()
