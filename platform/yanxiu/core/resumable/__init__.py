"""Resumable uploads: the tus 1.0 protocol over plain files, without any knowledge of Flask or of what is uploaded."""
