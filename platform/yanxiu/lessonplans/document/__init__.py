"""The document itself: its nodes, the templates it starts from, and how it reads as HTML and text."""
