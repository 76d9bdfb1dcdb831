"""Sections of a plan from a Word file: read it, choose what goes where, write it like any edit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from yanxiu.core.errors import InvalidError, NotFoundError
from yanxiu.core.storage import ReceivedFile
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.extensions import db
from yanxiu.lessonplans import queries
from yanxiu.lessonplans.collab.protocol import RefusedError
from yanxiu.lessonplans.collab.room import Visitor
from yanxiu.lessonplans.collab.updates import is_behind, state_vector
from yanxiu.lessonplans.document import nodes
from yanxiu.lessonplans.document.html import outline
from yanxiu.lessonplans.document.naming import names_of
from yanxiu.lessonplans.document.nodes import Node
from yanxiu.lessonplans.document.remarks import sections_about, suggestions_in, with_comments, with_people
from yanxiu.lessonplans.document.restoring import filling_update
from yanxiu.lessonplans.document.sections import says_something, sections_of, with_addresses, words_of
from yanxiu.lessonplans.document.ydoc import json_from_state
from yanxiu.lessonplans.models import LessonPlan
from yanxiu.lessonplans.queries.comments import numbers_by_name
from yanxiu.lessonplans.queries.imports import import_sent
from yanxiu.lessonplans.queries.templates import empty_sections
from yanxiu.lessonplans.services.brought import KnownThreads, anchors_for
from yanxiu.lessonplans.services.imports import BEFORE, Brought, fill_plan, keep_pictures
from yanxiu.lessonplans.services.revisions import packed
from yanxiu.lessonplans.sockets import documents
from yanxiu.lessonplans.views.documents import NotStoredError, RefusedUpdateError
from yanxiu.lessonplans.views.doors import bp, done, writable_document
from yanxiu.lessonplans.views.received import (
    Shown,
    count_of,
    key_of,
    once,
    opened_word,
    receive_word,
    received_picture,
    shown,
    token_of,
)
from yanxiu.lessonplans.views.revisions import current_state
from yanxiu.lessonplans.word_import import Arranged, FileThread
from yanxiu.web.auth import current_actor, current_session_id
from yanxiu.web.limits import reads_files

PUT, APPEND, REPLACE, ADD, SKIP = "put", "append", "replace", "add", "skip"
EMPTY = ((PUT, "放进去"), (SKIP, "不要"))
WRITTEN = ((APPEND, "接在原来的后面"), (REPLACE, "换掉原来的"), (SKIP, "不要"))
MISSING = ((ADD, "加成新的一栏"), (SKIP, "不要"))
"""What may become of a part; the first is what is proposed, and nothing is lost by it."""
NO_WORDS = ("image", "board", "formula", "table", "tableRow", "tableCell", "tableHeader")


@dataclass(frozen=True)
class Part:
    """One part of the file beside the section it belongs to."""

    key: str
    shown: Shown
    choices: tuple[tuple[str, str], ...]
    chosen: str


@dataclass(frozen=True)
class Wish:
    """What a file says, and what is to become of its parts."""

    found: Arranged
    chosen: Mapping[str, str]


@bp.route("/lesson-plans/<int:plan_id>/word", methods=["GET", "POST"])
@reads_files
def fill_from_word(plan_id: int) -> ResponseReturnValue:
    """Ask for a file, show what of it goes where, and put in what was chosen."""
    plan = _plan_to_fill(plan_id)
    if request.method == "GET":
        return render_template("lessonplans/imports/into.html", plan=plan)
    document = _text_of(plan_id)
    token = request.form.get("token", "")
    if token:
        return _take(plan_id, token, document)
    db.session.rollback()  # no read transaction while a file is read
    try:
        received, found = receive_word(names_of(outline(document)))
    except InvalidError as error:
        return render_template("lessonplans/imports/into.html", plan=_plan_to_fill(plan_id), wrong=error.message), 422
    return _preview(_plan_to_fill(plan_id), found, document, token_of(received.key, plan_id))


def _plan_to_fill(plan_id: int) -> LessonPlan:
    plan, _seat = writable_document(plan_id)
    if plan.is_record:
        raise NotFoundError
    return plan


def _text_of(plan_id: int) -> Node:
    stored = queries.stored_document(plan_id)
    if stored is None:
        raise NotFoundError
    return json_from_state(stored.merged())


def _preview(plan: LessonPlan, found: Arranged, document: Node, token: str, wrong: str = "") -> str:
    have, empty = sections_of(document), empty_sections(plan)
    parts = []
    for key in _ordered(found, have):
        choices = MISSING if key not in have else WRITTEN if says_something(have[key], empty.get(key)) else EMPTY
        title = have[key]["attrs"]["title"] if key in have else found.section(key)["attrs"]["title"]
        section = {**found.section(key), "attrs": {"title": title}}
        proposed = choices[0][0]
        if choices is WRITTEN and _says_the_same(section, have[key]):
            proposed = SKIP if _adds_no_remarks(plan.id, found, section, have[key]) else REPLACE
        parts.append(Part(key, shown(section), choices, request.form.get(f"part-{key}") or proposed))
    return render_template(
        "lessonplans/imports/into.html",
        plan=plan,
        parts=parts,
        token=token,
        wrong=wrong,
        nowhere=_nowhere(plan.id, found),
        left=found.left,
        decided=found.decided,
    )


def _says_the_same(section: Node, there: Node) -> bool:
    """Whether nothing is lost when a part of the file is left out: the same words, and as much that is no words."""
    return _bare(words_of(section)) == _bare(words_of(there)) and all(
        count_of(section, kind) == count_of(there, kind) for kind in NO_WORDS
    )


def _adds_no_remarks(plan_id: int, found: Arranged, section: Node, there: Node) -> bool:
    """Whether the plan has all that is suggested and said in a part."""
    own, theirs = ("".join(map("".join, suggestions_in([node]))) for node in (section, there))
    known = KnownThreads(plan_id)
    return own == theirs and all(map(known.says, found.threads_about([section])))


def _bare(words: str) -> str:
    return "".join(words.split())


def _ordered(found: Arranged, have: Iterable[str]) -> list[str]:
    """The parts in the order of the plan; those it has no section for come last."""
    known = [key for key in have if key in found.parts]
    return [*known, *(key for key in found.parts if key not in known)]


def _take(plan_id: int, token: str, document: Node) -> ResponseReturnValue:
    """Keep a version, then write what was chosen as an edit that everybody who has the plan open sees."""
    key = key_of(token, plan_id)
    db.session.rollback()  # no read transaction while a file is read
    with opened_word(key, names_of(outline(document))) as (found, pictures):
        wishes = {key: request.form.get(f"part-{key}", SKIP) for key in found.parts}
        chosen = {key: wish for key, wish in wishes.items() if wish in (PUT, APPEND, REPLACE, ADD)}
        if not chosen:
            return _preview(_plan_to_fill(plan_id), found, document, token, "请至少选一栏放进教案"), 422
        state, seq = current_state(plan_id)
        number, update = _sent_before(token, Wish(found, chosen), state)
        used = _pictures_in(node for key in chosen for node in found.parts[key]) if update is None else ()
        received = {name: received_picture(path) for name, path in pictures.items() if name in used}
    if update is None:
        wish = Wish(found, chosen)
        brought = _brought(plan_id, wish)
        update = _filling(plan_id, wish, state, received, brought.anchors)
        before = packed(state)
        with unit_of_work():
            update = fill_plan(current_actor(), _plan_to_fill(plan_id), before, seq, update, number, brought)
    visitor = Visitor(current_actor().id, current_actor().name, current_session_id())
    db.session.rollback()
    try:
        stored = documents().post(visitor, plan_id, update)
    except RefusedError as error:
        raise RefusedUpdateError(error.code) from error
    if not stored:
        raise NotStoredError
    return done(url_for(".show", plan_id=plan_id), f"已放进教案；原来的内容存成了版本“{BEFORE}”")


def _brought(plan_id: int, wish: Wish) -> Brought:
    """The comments about what was chosen, and those that are about no words of the file."""
    chosen = nodes.doc(*(wish.found.section(key) for key in wish.chosen))
    threads = [*wish.found.threads_about([chosen]), *_nowhere(plan_id, wish.found)]
    return Brought(threads, anchors_for(plan_id, threads), sections_about(chosen))


def _nowhere(plan_id: int, found: Arranged) -> list[FileThread]:
    """The comments that are about no words of any part and are not in the plan yet."""
    known = KnownThreads(plan_id)
    return [thread for thread in found.threads_nowhere() if not known.says(thread)]


def _sent_before(token: str, wish: Wish, state: bytes) -> tuple[str, bytes | None]:
    """The number of this press, and the update of an earlier one that is still wanted.

    What was put in and taken back since is asked for anew: it needs another number.
    """
    number = once(token, *(f"{key}={how}" for key, how in sorted(wish.chosen.items())))
    while (known := import_sent(current_actor().id, number)) is not None:
        if is_behind(state_vector(state), state_vector(known.update)) or _stands(wish, json_from_state(state)):
            return number, known.update
        number = once(number)
    return number, None


def _stands(wish: Wish, document: Node) -> bool:
    """Whether the document says all that was chosen."""
    have = sections_of(document)
    return all(key in have and _holds(have[key], wish.found.parts[key]) for key in wish.chosen)


def _holds(section: Node, blocks: Sequence[Node]) -> bool:
    words, wanted = _bare(words_of(section)), nodes.doc(*blocks)
    has_words = all(_bare(words_of(nodes.doc(block))) in words for block in blocks)
    return has_words and all(count_of(wanted, kind) <= count_of(section, kind) for kind in NO_WORDS)


def _filling(
    plan_id: int, wish: Wish, state: bytes, received: Mapping[str, ReceivedFile], anchors: Mapping[str, str]
) -> bytes:
    """The update that puts in what was chosen. Only the pictures are written: a long plan takes a while to be loaded."""
    plan, kept = _plan_to_fill(plan_id), dict[str, str]()
    empty, people = empty_sections(plan), numbers_by_name(plan)
    db.session.rollback()
    sections, added = _filled(wish, json_from_state(state), empty)
    if received:
        with unit_of_work():
            kept = keep_pictures(current_actor(), _plan_to_fill(plan_id), received)

    def placed(blocks: Iterable[Node]) -> list[Node]:
        shown = (with_addresses(node, lambda address: kept.get(address, address)) for node in blocks)
        return [with_comments(with_people(node, people), anchors) for node in shown]

    return filling_update(state, {key: placed(blocks) for key, blocks in sections.items()}, placed(added))


def _filled(wish: Wish, document: Node, empty: Mapping[str, Node]) -> tuple[dict[str, list[Node]], list[Node]]:
    """The blocks of the sections that change, and the sections that are new. What somebody wrote meanwhile stays."""
    have = sections_of(document)
    sections: dict[str, list[Node]] = {}
    for key, how in wish.chosen.items():
        if key in have:
            stays = how != REPLACE and says_something(have[key], empty.get(key))
            sections[key] = [*(_without_empty_end(have[key]) if stays else ()), *wish.found.parts[key]]
    return sections, [wish.found.section(key) for key in wish.chosen if key not in have]


def _without_empty_end(section: Node) -> list[Node]:
    blocks = list(section.get("content", ()))
    while blocks and blocks[-1].get("type") == "paragraph" and not blocks[-1].get("content"):
        del blocks[-1]
    return blocks


def _pictures_in(blocks: Iterable[Node]) -> set[str]:
    names: set[str] = set()

    def note(address: str) -> str:
        names.add(address)
        return address

    for node in blocks:
        with_addresses(node, note)
    return names
