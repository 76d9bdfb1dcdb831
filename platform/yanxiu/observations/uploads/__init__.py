"""What becomes of resumable uploads (`core.resumable`) that are recordings of lessons."""
