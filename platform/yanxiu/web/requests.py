"""What a request of ours can carry: forms and files, never a JSON body."""

from __future__ import annotations

from flask import Request


class FormRequest(Request):
    """No view takes a JSON body, but Flask-WTF would read one as if it were a form.

    Ten lines of brackets then end in RecursionError, and `{"name": []}` in fields of a type no form can send.
    """

    @property
    def is_json(self) -> bool:
        """Always False: a body that says it is JSON is an empty form."""
        return False
