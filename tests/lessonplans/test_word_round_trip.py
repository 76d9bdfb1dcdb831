"""Plans as teachers write them, sent as Word and read in again: text, tables and pictures are equal."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from tests.lessonplans.test_word import cells_of, of_kind
from tests.support.lessonplans import make_plan
from yanxiu.core.storage import receive_file
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.lessonplans import services
from yanxiu.lessonplans.demo import caochuan, jingyang, rounds
from yanxiu.lessonplans.document.html import outline
from yanxiu.lessonplans.document.naming import names_of
from yanxiu.lessonplans.document.nodes import Node
from yanxiu.lessonplans.document.sections import sections_of, with_section, words_of
from yanxiu.lessonplans.document.templates import LITERACY
from yanxiu.lessonplans.queries.word_files import word_of_plan
from yanxiu.lessonplans.word_import import arranged
from yanxiu.resources.extraction.word_blocks import read_blocks

PLANS = {"草船借箭": caochuan.second_version, "景阳冈": jingyang.jingyanggang, "体积": rounds.first_version}
SIZE = (320, 200)


def photo() -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").resize(SIZE).save(out, "PNG")
    return out.getvalue()


def with_photo(document: Node, address: str) -> Node:
    learners = sections_of(document)["learners"]
    picture = {"type": "image", "attrs": {"src": address, "alt": "课前调查"}}
    return with_section(document, "learners", {**learners, "content": [*learners["content"], picture]})


def read_again(data: bytes, document: Node, folder: Path) -> tuple[dict[str, Node], list[Path]]:
    (folder / "plan.docx").write_bytes(data)
    read = read_blocks(str(folder / "plan.docx"), str(folder))
    found = arranged(read["blocks"], names_of(outline(document)))
    return sections_of(found.document(LITERACY)), [folder / name for name in read["images"]]


@pytest.mark.parametrize("name", PLANS)
def test_a_real_plan_comes_back_from_word_as_it_was(ctx, cast, tmp_path, name):
    with unit_of_work():
        plan = make_plan(cast.user("teacher"), name)
        image = services.keep_image(
            cast.user("teacher"), plan, receive_file(io.BytesIO(photo()), "调查.png", "image/png")
        )
        document = with_photo(PLANS[name](), f"/lesson-plans/{plan.id}/images/{image.id}")
        data = word_of_plan(plan, document)
    after, pictures = read_again(data, document, tmp_path)
    before = sections_of(document)
    for key, section in before.items():
        assert words_of(after[key]) == words_of(section)
        assert list(map(cells_of, of_kind(after[key], "table"))) == list(map(cells_of, of_kind(section, "table")))
        tasks = [[each["attrs"] for each in of_kind(side, "taskItem")] for side in (after[key], section)]
        assert tasks[0] == tasks[1]
        assert len(of_kind(after[key], "image")) == len(of_kind(section, "image"))
    with Image.open(pictures[0]) as came, Image.open(io.BytesIO(photo())) as went:
        assert came.size == SIZE
        assert ImageChops.difference(came.convert("L"), went.convert("L")).getextrema()[1] <= 4
