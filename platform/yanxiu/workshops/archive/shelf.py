"""Where features put what people read: straight into the ZIP, and named in the 目录."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from yanxiu.core.archives.writing import ArchiveWriter
from yanxiu.core.pdf import PdfFile
from yanxiu.core.storage import StoredFile, storage
from yanxiu.core.word import Picture, WordFile
from yanxiu.workshops.archive.contents import Line
from yanxiu.workshops.queries.archive_parts import Wish


class Both:
    """The same written as Word and as PDF."""

    def __init__(self, word: WordFile, pdf: PdfFile) -> None:
        self._word, self._pdf = word, pdf
        self.path, self.pdf = word.path, list[str]()

    def title(self, text: str) -> None:
        self._word.title(text)
        self._pdf.title(text)

    def heading(self, text: str, level: int = 1) -> None:
        self._word.heading(text, level)
        self._pdf.heading(text, level)

    def paragraph(self, text: str, style: str = "", *, indent: int = 0) -> None:
        self._word.paragraph(text, style, indent=indent)
        self._pdf.paragraph(text, style, indent=indent)

    def html(self, html: str, picture: Picture = lambda _address: None, *, indent: int = 0) -> None:
        self._word.html(html, picture, indent=indent)
        self._pdf.html(html, picture, indent=indent)

    def table(self, rows: Sequence[Sequence[str]]) -> None:
        self._word.table(rows)
        self._pdf.table(rows)


class ZipShelf:
    """The shelf of an archive under way."""

    def __init__(self, writer: ArchiveWriter, folder: Path, *, wish: Wish) -> None:
        self.writer, self.wish, self._folder = writer, wish, folder
        self.placed: dict[int, str] = {}
        self.missing: list[str] = []
        self.contents: list[Line] = []
        self.told: Callable[[], None] = lambda: None

    def place(self, file: StoredFile, *words: str) -> str | None:
        if file.id in self.placed:
            return self.placed[file.id]
        try:
            source = storage().open(file.key)
        except FileNotFoundError:
            self.missing.append("/".join(words))
            return None
        path = self.writer.names.path(*words)
        with source:
            self.writer.add_stream(path, source)
        self.placed[file.id] = path
        return path

    def folder(self, *words: str) -> tuple[str, ...]:
        return self.writer.names.folder(*words)

    def write(self, data: bytes, *words: str) -> str:
        path = self.writer.names.path(*words)
        self.writer.add_bytes(path, data)
        return path

    @contextmanager
    def word(self, *words: str) -> Iterator[WordFile]:
        path = self.writer.names.path(*words)
        local = self._folder / "word.docx"
        with WordFile(local, path) as word:
            yield word
        self.writer.add_file(path, local)
        local.unlink()

    @contextmanager
    def pdf(self, *words: str) -> Iterator[PdfFile]:
        *above, name = words
        with PdfFile(self._folder, name) as pdf:
            yield pdf
        for number, part in enumerate(pdf.parts, start=1):
            path = self.writer.names.path(*above, f"{name}{f'（第{number}册）' if number > 1 else ''}.pdf")
            self.writer.add_file(path, part)
            part.unlink()
            pdf.paths.append(path)

    @contextmanager
    def both(self, *words: str) -> Iterator[Both]:
        *above, name = words
        with self.word(*above, f"{name}.docx") as word, self.pdf(*above, name) as pdf:
            both = Both(word, pdf)
            yield both
        both.pdf += pdf.paths

    def tell(self, section: str, title: str, path: str | None, note: str = "", also: Sequence[str] = ()) -> None:
        self.contents.append((section, title, path, note, tuple(also)))
        self.told()

    def scratch(self) -> Path:
        return self._folder
