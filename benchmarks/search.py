"""Search: quality on a judged set of our own, and latency, beside other engines on the same words in the same run.

Usage: PYTHONPATH=platform python benchmarks/search.py [--documents 1000 10000] [--queries benchmarks/search_queries.tsv]
           [--postgres URL] [--engine local postgres]

SQLite FTS5 is always there; tantivy is asked where it is installed (pip install tantivy), PostgreSQL where --postgres
names an empty database; there our own engine in PostgreSQL is asked too (`--engine` chooses among ours).

Documents are the passages of the demo's seed texts, filled up with passages put together at random from sentences of
those that answer no question. A passage answers a query when it holds one of the query's marker words.
"""

from __future__ import annotations

import argparse
import math
import os
import random
import re
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from yanxiu.core.search_queue import PUBLIC, IndexDocument
from yanxiu.search.engines.chosen import chosen_engine
from yanxiu.search.engines.interface import FACETS, EngineRequest, SearchEngine
from yanxiu.search.queries.reading import ReadersLexicon, in_characters, read_letters
from yanxiu.search.text.asking import without_question_words
from yanxiu.search.text.cut import words
from yanxiu.search.text.fold import fold, han_runs
from yanxiu.search.text.queries import understand
from yanxiu.search.text.spelling import repaired, surely_meant
from yanxiu.search.text.synonyms import shipped
from yanxiu.search.text.terms import engine_document

ROOT = Path(__file__).resolve().parents[1]
TEXTS = ROOT / "platform" / "yanxiu" / "resources" / "demo_files"
SUBJECTS, STAGES = ("语文", "数学", "英语", "科学", ""), ("小学", "初中", "高中", "")
NAMES = ROOT / "benchmarks" / "search_names.tsv"
Searcher = Callable[[str], list[int]]


@dataclass(frozen=True)
class Question:
    """A query, what kind of query it is, and the documents that answer it."""

    text: str
    kind: str
    right: frozenset[int]


def passages(folder: Path) -> list[str]:
    """The different lines of the seed texts that say something."""
    lines = [line.strip() for path in sorted(folder.glob("*.txt")) for line in path.read_text("utf-8").splitlines()]
    return list(dict.fromkeys(line for line in lines if len(line) >= 20))


def corpus(real: list[str], markers: list[str], size: int) -> list[str]:
    """The real passages, filled up to `size` with sentences of those that answer nothing."""
    rng = random.Random(size)
    rest = [text for text in real if not any(marker in text for marker in markers)]
    sentences = [part for text in rest for part in re.split("[。；;]", text) if len(part) > 8]
    made = list(real)
    while len(made) < size:
        made.append("。".join(rng.sample(sentences, rng.randint(2, 12))))
    return made


def questions(path: Path, texts: list[str]) -> list[Question]:
    """The judged set; every query must have an answer among `texts`."""
    found = []
    for line in path.read_text("utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        query, kind, markers = line.split("\t")
        right = frozenset(i for i, text in enumerate(texts) if any(m in text for m in markers.split("|")))
        if not right:
            raise SystemExit(f"no passage answers {query!r}")
        found.append(Question(query, kind, right))
    return found


def measured(search: Searcher, asked: list[Question]) -> dict[str, float]:
    """Recall, MRR and nDCG of the first ten (a passage is right or not)."""
    recalls, ranks, gains = [], [], []
    for question in asked:
        hits = [number in question.right for number in search(question.text)[:10]]
        ideal = sum(1 / math.log2(i + 2) for i in range(min(10, len(question.right))))
        recalls.append(sum(hits) / min(10, len(question.right)))
        ranks.append(next((1 / (i + 1) for i, hit in enumerate(hits) if hit), 0.0))
        gains.append(sum(1 / math.log2(i + 2) for i, hit in enumerate(hits) if hit) / ideal)
    return {"R": statistics.mean(recalls), "M": statistics.mean(ranks), "N": statistics.mean(gains)}


def timed(search: Searcher, asked: list[Question], rounds: int = 2) -> tuple[str, str]:
    """p50 and p95 in milliseconds: as they pass, and of this process's processor time."""
    passed, worked = [], []
    for _ in range(rounds):
        for question in asked:
            start, began = time.perf_counter(), time.process_time()
            search(question.text)
            passed.append((time.perf_counter() - start) * 1000)
            worked.append((time.process_time() - began) * 1000)
    return spread(passed), spread(worked)


def spread(taken: list[float]) -> str:
    """The median and what 95 of 100 stay below."""
    taken.sort()
    return f"{statistics.median(taken):.1f} / {taken[int(len(taken) * 0.95)]:.1f}"


def own_engine(texts: list[str], engine: SearchEngine) -> tuple[Searcher, float, float, Searcher, Callable[[str], str]]:
    """An engine of the product: 20 hits, the best of each kind, counts of all facets, filtered by 6 principals."""
    start = time.process_time()
    documents = []
    for number, text in enumerate(texts):
        rng = random.Random(number)
        acl = frozenset({PUBLIC} if number % 5 else {PUBLIC, f"w{number % 40}"})
        documents.append(IndexDocument(
            "resource", number + 1, text[:20], f"/{number}", acl, body=text, subject=rng.choice(SUBJECTS),
            stage=rng.choice(STAGES), year=str(2015 + number % 11),
        ))  # fmt: skip
    engine.open()
    batches = (documents[at : at + 200] for at in range(0, len(documents), 200))
    engine.rebuild(([engine_document(d, "资源") for d in batch] for batch in batches), lambda: None)
    took = time.process_time() - start
    me = frozenset({PUBLIC, "any", "u1", "s2", "c3", "w4"})

    lexicon = ReadersLexicon(engine, me, EngineRequest())

    def page(text: str, more: dict[str, tuple[str, ...]]) -> list[int]:
        query = understand(text, shipped().also(more))
        request = EngineRequest(
            clauses=query.clauses, required=query.required, excluded=query.excluded, title=query.title, facets=FACETS,
            per_kind=3, limit=20,
        )  # fmt: skip
        return [hit.key[1] - 1 for hit in engine.search(request, me).hits]

    def search(text: str) -> list[int]:
        """What the search page does: pinyin is read, what may be meant is looked for, and asked if nothing is found."""
        spelled = read_letters(text, lexicon)
        found = page(*in_characters(text, spelled))
        better = "" if spelled else repaired(text, lexicon)
        return found or (page(better, {}) if better and surely_meant(text, better) else [])

    def accepted(text: str) -> list[int]:
        """The same when somebody takes what 您是不是要找 offers."""
        return search(repaired(text, lexicon) or text)

    def turned(text: str) -> str:
        """What becomes of a word that is written right: "asked" for something else by itself, or that "offered"."""
        better = repaired(text, lexicon)
        if not better:
            return ""
        return "asked" if surely_meant(text, better) and not page(text, {}) else "offered"

    return search, took, engine.stats().bytes / 1e6, accepted, turned


def fts5(texts: list[str], path: Path, tokenizer: str, cut: Callable[[str], str], ask: Callable[[str], list[str]]):
    """SQLite FTS5 with its own BM25; OR of the terms, 20 hits, nothing else."""
    start = time.process_time()
    connection = sqlite3.connect(path)
    connection.execute(f"CREATE VIRTUAL TABLE t USING fts5(body, content='', tokenize='{tokenizer}')")
    connection.executemany("INSERT INTO t(rowid, body) VALUES (?, ?)", ((i, cut(fold(x))) for i, x in enumerate(texts)))
    connection.commit()

    def search(text: str) -> list[int]:
        terms = [term.replace('"', '""') for term in dict.fromkeys(ask(without_question_words(fold(text))))]
        if not terms:
            return []
        match = " OR ".join(f'"{term}"' for term in terms)
        rows = connection.execute("SELECT rowid FROM t WHERE t MATCH ? ORDER BY bm25(t) LIMIT 20", (match,))
        return [row[0] for row in rows]

    return search, time.process_time() - start, path.stat().st_size / 1e6


def with_tantivy(texts: list[str], folder: Path) -> tuple[Searcher, float, float] | None:
    """tantivy over our words, its own BM25; None where it is not installed."""
    try:
        import tantivy
    except ImportError:
        return None
    start = time.process_time()
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("body", stored=False, tokenizer_name="whitespace", index_option="freq")
    builder.add_integer_field("number", stored=True)
    schema = builder.build()
    folder.mkdir()
    index = tantivy.Index(schema, path=str(folder))
    writer = index.writer(50_000_000, 1)
    for number, text in enumerate(texts):
        writer.add_document(tantivy.Document(body=" ".join(words(fold(text))), number=number))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()

    def search(text: str) -> list[int]:
        terms = dict.fromkeys(words(without_question_words(fold(text))))
        asked = [(tantivy.Occur.Should, tantivy.Query.term_query(schema, "body", term)) for term in terms]
        hits = searcher.search(tantivy.Query.boolean_query(asked), 20).hits if asked else []
        return [searcher.doc(address)["number"][0] for _, address in hits]

    size = sum(file.stat().st_size for file in folder.iterdir()) / 1e6
    return search, time.process_time() - start, size


def with_postgres(texts: list[str], url: str) -> tuple[Searcher, float, float]:
    """PostgreSQL over our words: GIN, ordered by ts_rank with the length of the text."""
    import psycopg

    def quoted(term: str) -> str:
        return "'" + term.replace("\\", "\\\\").replace("'", "''") + "'"

    start = time.process_time()
    connection = psycopg.connect(url.replace("+psycopg", "", 1), autocommit=True)
    connection.execute("DROP TABLE IF EXISTS bench_search")
    connection.execute("CREATE TABLE bench_search (id int PRIMARY KEY, body tsvector)")
    with connection.cursor() as cursor, cursor.copy("COPY bench_search FROM STDIN") as copy:
        for number, text in enumerate(texts):
            places: dict[str, list[str]] = {}
            for at, word in enumerate(words(fold(text)), 1):
                places.setdefault(word, []).append(str(min(at, 16_383)))
            copy.write_row((number, " ".join(f"{quoted(word)}:{','.join(where)}" for word, where in places.items())))
    connection.execute("CREATE INDEX bench_search_body ON bench_search USING gin (body)")
    connection.execute("ANALYZE bench_search")

    def search(text: str) -> list[int]:
        asked = " | ".join(quoted(term) for term in dict.fromkeys(words(without_question_words(fold(text)))))
        if not asked:
            return []
        order = (
            "SELECT id FROM bench_search, (SELECT %s::tsquery AS q) a WHERE body @@ q ORDER BY ts_rank(body, q, 1) DESC"
        )
        return [row[0] for row in connection.execute(f"{order} LIMIT 20", (asked,))]

    row = connection.execute("SELECT pg_total_relation_size('bench_search')").fetchone()
    return search, time.process_time() - start, (row[0] if row else 0) / 1e6


def trigrams(text: str) -> list[str]:
    return [run[i : i + 3] for run in [*han_runs(text), *re.findall("[a-z0-9]{3,}", text)] for i in range(len(run) - 2)]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--documents", type=int, nargs="+", default=[1000, 10_000])
    parser.add_argument("--queries", type=Path, default=ROOT / "benchmarks" / "search_queries.tsv")
    parser.add_argument("--texts", type=Path, default=TEXTS)
    parser.add_argument("--postgres", default="")
    parser.add_argument("--engine", nargs="+", choices=["local", "postgres"], default=[])
    options = parser.parse_args()
    lines = [line for line in options.queries.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    markers = [marker for line in lines for marker in line.split("\t")[2].split("|")]
    real = passages(options.texts)
    for size in options.documents:
        texts = corpus(real, markers, size)
        asked = questions(options.queries, texts)
        print(f"\n{len(texts)} documents ({len(real)} real), {len(asked)} queries")
        print(
            "| engine | R@10 | MRR@10 | nDCG@10 | first p50 / p95 ms | first, CPU ms "
            "| again p50 / p95 ms | again, CPU ms | build CPU s | MB |"
        )
        print("| --- |" + " --- |" * 9)
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            rows, offered = {}, {}
            for kind in options.engine or ["local", *(["postgres"] if options.postgres else [])]:
                label = {"local": "ours (Whoosh, full page)", "postgres": "ours (PostgreSQL, full page)"}[kind]
                url = options.postgres.replace("postgresql://", "postgresql+psycopg://", 1)
                engine = chosen_engine(kind, url, folder / "index")
                search, took, megabytes, taken, turned = own_engine(texts, engine)
                rows[label], offered[f"{label}, offer taken"] = (search, took, megabytes), taken
                names = [line.split("\t")[0] for line in NAMES.read_text("utf-8").splitlines() if line[:1] != "#"]
                became = [turned(name) for name in names]
                print(
                    f"{label}: of {len(names)} names and right words {became.count('asked')} are looked for as something"
                    f" else, beside {became.count('offered')} something else is offered"
                )
            rows |= {
                "FTS5 over our words": fts5(
                    texts, folder / "w.db", "unicode61", lambda text: " ".join(words(text)), words
                ),
                "FTS5 trigram": fts5(texts, folder / "t.db", "trigram", lambda text: text, trigrams),
            }
            if found := with_tantivy(texts, folder / "tantivy"):
                rows["tantivy over our words"] = found
            if options.postgres:
                rows["PostgreSQL ts_rank over our words"] = with_postgres(texts, options.postgres)
            print(f"load {os.getloadavg()[0]:.1f}")
            for name, (search, took, megabytes) in rows.items():
                cold, at_first = timed(search, asked, rounds=1)
                quality, (warm, worked) = measured(search, asked), timed(search, asked)
                figures = " | ".join(f"{quality[key]:.3f}" for key in ("R", "M", "N"))
                print(
                    f"| {name} | {figures} | {cold} | {at_first} | {warm} | {worked} | {took:.1f} | {megabytes:.1f} |"
                )
            by_kind({name: search for name, (search, _, _) in rows.items()} | offered, asked)


def by_kind(searchers: dict[str, Searcher], asked: list[Question]) -> None:
    """nDCG@10 of each engine by kind of query, and what ours got wrong."""
    kinds = list(dict.fromkeys(question.kind for question in asked))
    counts = {kind: sum(question.kind == kind for question in asked) for kind in kinds}
    print("\n| nDCG@10 | " + " | ".join(f"{kind} ({counts[kind]})" for kind in kinds) + " |")
    print("| --- |" + " --- |" * len(kinds))
    gained = {}
    for name, search in searchers.items():
        figures = [measured(search, [question for question in asked if question.kind == kind])["N"] for kind in kinds]
        print(f"| {name} | " + " | ".join(f"{figure:.3f}" for figure in figures) + " |")
        gained[name] = figures
    beside(gained, kinds)
    ours = next(iter(searchers.values()))
    for question in asked:
        if measured(ours, [question])["M"] < 1:
            print(f"  not first: {question.text} ({question.kind})")


def beside(gained: dict[str, list[float]], kinds: list[str]) -> None:
    """On which kinds of query the first engine is better than each other one, and on which it is worse, by nDCG@10."""
    first, own = next(iter(gained.items()))
    for name, others in gained.items():
        if name.startswith("ours"):
            continue
        pairs = list(zip(kinds, own, others, strict=True))
        better = [kind for kind, mine, theirs in pairs if round(mine - theirs, 3) > 0]
        worse = [kind for kind, mine, theirs in pairs if round(mine - theirs, 3) < 0]
        print(
            f"{first} against {name}: better on {len(better)} of {len(kinds)} ({', '.join(better)}); worse on {', '.join(worse) or 'none'}"
        )


if __name__ == "__main__":
    main()
