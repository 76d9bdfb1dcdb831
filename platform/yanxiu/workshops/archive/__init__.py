"""The whole workshop as one ZIP file, and back: `exporting`, `importing`; `folders` is what people read of it."""
