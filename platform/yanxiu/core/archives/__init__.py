"""Archives: ZIP files that a person can open and a program can read back. Nothing here knows a feature.

`names`: names that every computer takes. `writing`: a ZIP with a manifest, written in one pass. `reading`: opening one
that may be broken or hostile. `rows`: rows as JSON lines.
"""
