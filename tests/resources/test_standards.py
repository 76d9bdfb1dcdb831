"""核心素养 and 学习任务群 or 领域—主题: a county's words, on a resource, in filter, search and sheet."""

from __future__ import annotations

import pytest

from tests.support.resources import make_resource
from yanxiu.accounts.catalog import SUBJECTS
from yanxiu.accounts.queries import viewer_of
from yanxiu.core.db import db
from yanxiu.core.errors import InvalidError
from yanxiu.core.unit_of_work import unit_of_work
from yanxiu.resources.forms import parse_filter
from yanxiu.resources.import_sheet import Vocabulary, details_in
from yanxiu.resources.indexing import load_documents
from yanxiu.resources.models import Resource
from yanxiu.resources.queries import library_page
from yanxiu.resources.queries.counting import facet_counts
from yanxiu.resources.queries.standards import literacies_known, standards_of
from yanxiu.resources.services.standards import restore_standard, save_standard
from yanxiu.resources.standards import LONGEST_LITERACY, LONGEST_THEME, shipped_standards
from yanxiu.search.forms import wanted_from


def test_the_shipped_words_fit_and_a_county_changes_its_own_and_takes_them_back(ctx, cast):
    for subject, standard in shipped_standards().items():
        assert subject in SUBJECTS
        assert all(len(word) <= LONGEST_LITERACY and "、" not in word for word in standard.literacies)
        assert all(len(word) <= LONGEST_THEME for word in standard.themes)
    assert standards_of(None)["语文"].heading == "学习任务群"
    county, admin = cast.places["county"], cast.user("admin")
    with unit_of_work():
        save_standard(admin, county, "数学", literacies=" 数感 \n\n数感\n符号意识", heading="", themes="图形与几何")
    own = standards_of(county)["数学"]
    assert (own.literacies, own.themes, own.own) == (("数感", "符号意识"), ("图形与几何",), True)
    assert not standards_of(None)["数学"].own
    for wrong in ("字" * 31, "一、二", "\n".join(str(n) for n in range(41))):
        with pytest.raises(InvalidError), unit_of_work():
            save_standard(cast.user("admin"), county, "数学", literacies=wrong, heading="", themes="")
    with unit_of_work():
        restore_standard(cast.user("admin"), county, "数学")
    assert standards_of(county) == shipped_standards()


def test_they_are_chosen_on_the_form_and_lead_back_from_the_page_to_the_library(client_for, app, cast):
    with app.app_context():
        made = make_resource(cast.user("teacher"), "草船借箭", subject="语文").id
        make_resource(cast.user("teacher"), "别的", subject="语文", literacies="文化自信")
    client = client_for("teacher")
    offered = client.get("/resources/textbooks/names?subject=语文").json["standards"]
    assert (offered["heading"], offered["themes"][0]) == ("学习任务群", "语言文字积累与梳理")
    assert 'value="思维能力"' in client.get(f"/resources/{made}/edit").text
    card = {"title": "草船借箭", "kind": "plan", "visibility": "county", "license": "county", "subject": "语文"}
    refused = client.post(f"/resources/{made}", data={**card, "literacies": ["胡写的"]})
    assert refused.status_code == 422
    client.post(f"/resources/{made}", data={**card, "literacies": ["思维能力", "语言运用"], "theme": "整本书阅读"})
    page = client.get(f"/resources/{made}").text
    assert "核心素养" in page
    assert "整本书阅读" in page
    assert "theme=" in page
    with app.app_context():
        viewer = viewer_of(cast.user("colleague"))
        assert db.session.get(Resource, made).literacies == "思维能力、语言运用"
        for wanted in ({"literacy": "语言运用"}, {"theme": "整本书阅读"}):
            assert [each.id for each in library_page(viewer, set(), parse_filter(wanted)).items] == [made]
        assert not library_page(viewer, set(), parse_filter({"literacy": "语言"})).items
        counts = facet_counts(viewer, set(), parse_filter({"subject": "语文", "literacy": "语言运用"}))
        bare = facet_counts(viewer, set(), parse_filter({"subject": "语文"}))
        assert bare["literacy"] == counts["literacy"], "its own filter does not count against it"
        assert (counts["theme"], counts["literacy"]) == (
            {"整本书阅读": 1},
            {"思维能力": 1, "语言运用": 1, "文化自信": 1},
        )
        document = load_documents([made])[0]
        assert (document.theme, document.literacy) == ("整本书阅读", "思维能力、语言运用")
        assert {"思维能力", "整本书阅读"} <= set(load_documents([made])[0].tags)
        known = literacies_known(cast.places["county"])
    page = client.get("/resources?subject=语文&literacy=语言运用").text
    assert '<option value="语言运用" selected>语言运用（1）' in page
    assert '<option value="文化自信">文化自信（1）' in page
    assert "审美创造（" not in page, "nothing has it"
    assert "语言运用（" not in client.get("/resources").text
    kept = wanted_from({"q": "草船", "literacy": "语言运用", "theme": "整本书阅读"}).filters
    assert kept == {"literacy": "语言运用", "theme": "整本书阅读"}
    words = Vocabulary(lambda _level: [], lambda _level, _name: True, {}, known)
    assert details_in({"literacies": "思维能力，语言运用"}, words) == ({"literacies": "思维能力、语言运用"}, {})
    assert "是不是“思维能力”" in details_in({"literacies": "思惟能力"}, words)[1]["literacies"]
