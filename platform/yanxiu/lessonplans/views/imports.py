"""A plan from a Word file: read it, show what went where, make the plan."""

from __future__ import annotations

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from yanxiu.core.errors import InvalidError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.extensions import db
from yanxiu.lessonplans import services
from yanxiu.lessonplans.document.html import plain_text
from yanxiu.lessonplans.document.templates import LITERACY, THREE_DIMENSIONS, PlanTemplate
from yanxiu.lessonplans.forms import NewPlanForm, WordForm
from yanxiu.lessonplans.views.doors import bp, done
from yanxiu.lessonplans.views.plans import offer_workshops
from yanxiu.lessonplans.views.received import key_of, once, opened_word, receive_word, received_picture, shown, token_of
from yanxiu.lessonplans.word_import import Arranged
from yanxiu.web.auth import current_actor, current_viewer
from yanxiu.web.limits import reads_files


@bp.post("/lesson-plans/word")
@reads_files
def read_word_file() -> ResponseReturnValue:
    """Take a Word file and show what went where; nothing is made yet."""
    db.session.rollback()  # no read transaction while a file is read
    try:
        received, found = receive_word()
    except InvalidError as error:
        form = NewPlanForm(formdata=None, subject=current_actor().subject, stage=current_actor().stage)
        offer_workshops(form)
        return render_template("lessonplans/new.html", form=form, word_error=error.message), 422
    title = found.title or received.name.rpartition(".")[0][:100]
    return _preview(WordForm(formdata=None, title=title, token=token_of(received.key)), found)


@bp.post("/lesson-plans/word/plan")
@reads_files
def take_word() -> ResponseReturnValue:
    """Make a plan of the file that was shown."""
    form = WordForm()
    token = form.token.data or ""
    key = key_of(token)
    db.session.rollback()
    with opened_word(key) as (found, pictures):
        if not form.validate_on_submit():
            return _preview(form, found), 422
        received = {name: received_picture(path) for name, path in pictures.items()}
    template, card = template_for(found), services.PlanCard(form.title.data or "", current_actor().subject)
    document, sent = found.document(template), once(token, card.title)
    with unit_of_work():
        made = services.import_plan(
            current_actor(), current_viewer(), card, template.key, document, received, sent, found.threads
        )
        plan_id = made.id
    return done(url_for(".show", plan_id=plan_id), "教案建好了，请看看各栏是不是都在该在的地方")


def template_for(found: Arranged) -> PlanTemplate:
    """The shipped template that a file was written after."""
    words = "".join(plain_text(node) for node in found.parts.get("goals", ()))
    return THREE_DIMENSIONS if "知识与技能" in words else LITERACY


def _preview(form: WordForm, found: Arranged) -> str:
    template = template_for(found)
    sections = found.document(template)["content"]
    filled = [shown(node) for node in sections if node["attrs"]["key"] in found.parts]
    empty = [node["attrs"]["title"] for node in sections if node["attrs"]["key"] not in found.parts]
    return render_template(
        "lessonplans/word.html",
        form=form,
        parts=filled,
        empty=empty,
        lost=found.threads_nowhere(),
        left=found.left,
        decided=found.decided,
    )
