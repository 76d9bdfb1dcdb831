"""WSGI entry point for a checkout: `wsgi:app`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / "platform"))

from yanxiu.app import create_app

app = create_app()
app.extensions["migrate"].migrate  # noqa: B018  (gives `flask --app wsgi db …` its commands)
