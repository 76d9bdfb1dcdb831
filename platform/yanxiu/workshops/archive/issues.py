"""Bulletins as they were published, with their red head, as Word and PDF."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from yanxiu.core.db import db
from yanxiu.core.pdf import PdfFile
from yanxiu.core.word import SMALL, Picture
from yanxiu.workshops.bulletin_content import table_from
from yanxiu.workshops.bulletin_word import Column, Issue, day_words, word_of
from yanxiu.workshops.bulletin_words import SECTION_NAMES
from yanxiu.workshops.models import Bulletin, Workshop
from yanxiu.workshops.queries.archive_parts import Shelf
from yanxiu.workshops.queries.bulletins import public_bulletins
from yanxiu.workshops.word_text import PictureSource


def fill_bulletins(shelf: Shelf, workshop: Workshop, pictures: Picture) -> None:
    """Put every published issue."""
    published = public_bulletins().where(Bulletin.workshop_id == workshop.id).order_by(Bulletin.number)
    ids = db.session.scalars(published.with_only_columns(Bulletin.id)).all()
    for number in ids:
        bulletin = db.session.scalars(
            select(Bulletin).options(selectinload(Bulletin.sections)).where(Bulletin.id == number)
        ).one()
        issue = _issue(bulletin)
        path = shelf.write(word_of(issue, _read(pictures)), "简报", f"{bulletin.name}.docx")
        with shelf.pdf("简报", bulletin.name) as pdf:
            _write_pdf(pdf, issue, pictures)
        shelf.tell("简报", bulletin.name, path, day_words(bulletin.issued_on), also=pdf.paths)


def _issue(bulletin: Bulletin) -> Issue:
    shown = [section for section in bulletin.sections if section.included and (section.html or section.table)]
    columns = tuple(Column(SECTION_NAMES[one.kind], one.html, table_from(one.table)) for one in shown)
    head = (bulletin.masthead, bulletin.number, bulletin.host, bulletin.editor, bulletin.sent_to)
    return Issue(*head, bulletin.issued_on, columns)


def _write_pdf(pdf: PdfFile, issue: Issue, pictures: Picture) -> None:
    who = "　".join(f"{name}：{text}" for name, text in (("主办", issue.host), ("主编", issue.editor)) if text)
    pdf.red_head(issue.masthead, f"第 {issue.number} 期", who, day_words(issue.day))
    for column in issue.columns:
        pdf.red_heading(f"【{column.name}】")
        pdf.html(column.html, pictures)
        if column.table is not None:
            pdf.paragraph(column.table.summary)
            pdf.table((column.table.heads, *column.table.rows))
            pdf.paragraph(column.table.note, SMALL)
    if issue.sent_to:
        pdf.paragraph(f"报送：{issue.sent_to}", SMALL)


def _read(pictures: Picture) -> PictureSource:
    def read(address: str) -> bytes | None:
        source = pictures(address)
        if source is None:
            return None
        with source:
            return source.read()

    return read
