"""The document server: bytes in, bytes on disk, bytes out; it never owns a live document."""
