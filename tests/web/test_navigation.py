"""The frame's navigation leads to pages that exist."""

import pytest

from yanxiu.web.frame import MENU, NAVIGATION


@pytest.mark.parametrize("endpoint,label", [entry[:2] for entry in (*NAVIGATION, *MENU)])
def test_every_entry_of_the_navigation_is_a_page(app, endpoint, label):
    assert endpoint in app.view_functions, label


def test_a_teacher_sees_all_places_in_order(client_for):
    page = client_for("teacher").get("/").get_data(as_text=True)
    bar = page[page.index('class="topnav"') : page.index('class="topbar-tools"')]
    places = ["工作台", "工作坊", "备课", "观课", "资源"]
    assert [place for place in places if f">{place}</a>" in bar] == places
    assert bar.index(">备课<") < bar.index(">观课<") < bar.index(">资源<")
