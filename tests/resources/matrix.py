"""Who may do what in the library.

All resources belong to `teacher` of 青山镇中心小学: one public, one for the county, one for the school, one for a
workshop of `leader` and `teacher`, one private, one in the bin, and a file that waits to be described.
"""

from tests.support.cast import Cast
from tests.support.documents import docx_bytes, pdf_bytes
from tests.support.matrix import Row, SocketRow, expect, expect_words, signed_in
from tests.support.resources import checked_file, make_resource, make_upload
from tests.support.workshops import make_workshop
from yanxiu.core.subtitles import Cue
from yanxiu.resources.services import note_preview, remove_resource
from yanxiu.resources.services.subtitles import set_subtitles


def build(cast: Cast) -> dict[str, object]:
    teacher = cast.user("teacher")
    first_upload = make_upload(teacher)
    assert first_upload == 1, "the fields below are named after it"
    workshop = make_workshop(cast.user("leader"), [teacher])
    made = {kind: make_resource(teacher, visibility=kind) for kind in ("public", "county", "school", "private")}
    made["inside"] = make_resource(teacher, visibility="workshop", workshop_id=workshop.id)
    made["bin"] = make_resource(teacher, visibility="county")
    remove_resource(teacher, made["bin"])
    sound = make_resource(teacher, name="朗读.wav", data=b"RIFF", visibility="school")
    paged = make_resource(teacher, name="通知.pdf", data=pdf_bytes(), visibility="school")
    picture = checked_file("页.png", b"picture").received
    note_preview(paged.files[0], "pages", "", {"total": 1}, [picture])
    film = make_resource(teacher, name="微课.mp4", data=b"film", visibility="school")
    set_subtitles(teacher, film, "微课.srt", [Cue(0, 1000, "同学们好")])
    return {
        "film": film.id,
        "film_file": film.files[0].id,
        "w": workshop.id,
        "upload": first_upload,
        "sound": sound.id,
        "sound_file": sound.files[0].id,
        "paged": paged.id,
        "paged_file": paged.files[0].id,
        "school_file": made["school"].files[0].id,
        **{kind: resource.id for kind, resource in made.items()},
    }


AWAY = {"villager": 404, "outsider": 404, "stranger": 404}
"""Not of the school and nothing to do with it."""
SCHOOL = expect(200, anonymous=404, **AWAY)
EDITS = {"leader": 403, "colleague": 403, "researcher": 403}
"""Who may look but not change what the school sees; principal, admin and the owner may."""
DETAILS = {"title": "改过的标题", "kind": "plan", "visibility": "school", "license": "county"}
NEWER = {"file": (docx_bytes("第二版的话。"), "第二版.docx")}

ROUTES = {
    ("GET", "resources.index"): Row("/resources?kind=plan&sort=popular", expect(200)),
    ("GET", "resources.of_workshop"): Row(
        "/workshops/{w}/resources",
        expect(404, anonymous=302, leader=200, teacher=200, principal=200, researcher=200, admin=200),
    ),
    ("GET", "resources.show"): Row("/resources/{school}", SCHOOL),
    ("GET", "resources.preview"): Row("/resources/{inside}/preview", expect(
        404, leader=200, teacher=200, principal=200, researcher=200, admin=200)),
    ("GET", "resources.download"): Row("/resources/{county}/download", expect(200, anonymous=404, stranger=404)),
    ("GET", "resources.download_version"): Row("/resources/{school}/files/{school_file}/download", SCHOOL),
    ("GET", "resources.media"): Row("/resources/{sound}/files/{sound_file}/media", SCHOOL),
    ("GET", "resources.subtitles"): Row("/resources/{film}/files/{film_file}/subtitles", SCHOOL),
    ("POST", "resources.add_subtitles"): Row(
        "/resources/{film}/subtitles",
        expect(302, **AWAY, **EDITS),
        files={"subtitles": (b"1\n00:00:01,000 --> 00:00:02,000\nhello\n", "film.srt")},
    ),
    ("POST", "resources.remove_subtitles"): Row(
        "/resources/{film}/subtitles/removal", expect(302, **AWAY, **EDITS), data={}
    ),
    ("GET", "resources.preview_image"): Row("/resources/{paged}/files/{paged_file}/images/1", SCHOOL),
    ("POST", "resources.favorite"): Row(
        "/resources/{private}/favorite", expect(404, anonymous=302, teacher=302), data={"favorite": "1"}
    ),
    ("GET", "resources.new"): Row("/resources/new", signed_in()),
    ("POST", "resources.receive"): Row("/resources/uploads", signed_in(422), data={}),
    ("POST", "resources.publish"): Row(
        "/resources",
        expect(422, anonymous=302, teacher=302),
        data={"upload": "{upload}"} | {f"u1-{name}": value for name, value in DETAILS.items()},
    ),
    ("POST", "resources.discard"): Row(
        "/resources/uploads/{upload}/removal", expect(404, anonymous=302, teacher=302), data={}
    ),
    ("GET", "resources.edit"): Row("/resources/{film}/edit", expect(200, anonymous=302, **AWAY, **EDITS)),
    ("POST", "resources.update"): Row(
        "/resources/{school}", expect(302, **AWAY, **EDITS), data=DETAILS
    ),
    ("POST", "resources.upload_version"): Row(
        "/resources/{school}/files", expect(302, **AWAY, **EDITS), data={"note": "改了导入"}, files=NEWER
    ),
    ("POST", "resources.remove"): Row("/resources/{school}/removal", expect(302, **AWAY, **EDITS), data={}),
    ("POST", "resources.restore"): Row(
        "/resources/{bin}/restoration",
        expect(404, anonymous=302, teacher=302, principal=302, admin=302),
        data={},
    ),
}  # fmt: skip
FOLLOWERS = dict.fromkeys(("principal", "leader", "teacher", "colleague", "researcher", "admin"), "ok")
SOCKETS = {
    "join a resource": SocketRow(
        "/live",
        "join",
        expect_words("not_found", **FOLLOWERS),
        message={"topic": "resource:{school}"},
    ),
}
