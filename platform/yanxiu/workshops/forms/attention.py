"""Forms of the three-minute list."""

from __future__ import annotations

from yanxiu.web.forms import Form
from yanxiu.workshops.forms.fields import choice, number
from yanxiu.workshops.matters import Matter


class ReminderForm(Form):
    """What to remind of."""

    matter = choice(choices={matter.value: matter.value for matter in Matter})
    item_id = number()
