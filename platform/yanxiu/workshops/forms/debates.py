"""A debate, as fields of the form of a new topic, and a side."""

from __future__ import annotations

from wtforms import BooleanField, HiddenField, StringField

from yanxiu.web.forms import Form, one_line
from yanxiu.workshops.services.debates import DebateDetails


class DebateFields(Form):
    """The two sides, and whether a view comes before reading."""

    debate_a = StringField("正方观点", filters=[one_line])
    debate_b = StringField("反方观点", filters=[one_line])
    views_first = BooleanField("先表态，再看别人的发言", default=True)

    def debate(self) -> DebateDetails:
        """Return what was filled in."""
        return DebateDetails(self.debate_a.data or "", self.debate_b.data or "", bool(self.views_first.data))


class SideForm(Form):
    """The side somebody chooses."""

    side = HiddenField()
