"""Ranking by true BM25F over NumPy arrays.

BM25F as in Robertson, Zaragoza and Taylor, "Simple BM25 extension to multiple weighted fields" (CIKM 2004): the
weighted counts of the fields are added up first (done when a document is indexed) and saturated once. A sum of one
BM25 a field, as Whoosh and others do it, lets a short title win over everything.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

K1 = 1.2
B = 0.75
IntArray = NDArray[np.int32]
FloatArray = NDArray[np.float32]
Mask = NDArray[np.bool_]
Numbers = NDArray[np.intp]
"""Document numbers as NumPy looks things up by."""


@dataclass(frozen=True)
class Postings:
    """The documents of a term in ascending order, and its weighted count in each."""

    ids: IntArray
    counts: FloatArray


NO_POSTINGS = Postings(np.empty(0, np.int32), np.empty(0, np.float32))


def without(postings: Postings, deleted: IntArray) -> Postings:
    """Postings without these documents (in ascending order), of which there are few as a rule."""
    where = np.searchsorted(postings.ids, deleted)
    there = where < len(postings.ids)
    hit = where[there][postings.ids[where[there]] == deleted[there]]
    if not len(hit):
        return postings
    return Postings(np.delete(postings.ids, hit), np.delete(postings.counts, hit))


def idf(documents: int, found: int) -> float:
    """How telling a term is that stands in `found` of `documents`; never negative."""
    return float(np.log(1.0 + (documents - found + 0.5) / (found + 0.5)))


@dataclass(frozen=True)
class LengthNorm:
    """K1 · (1 - B + B · length / average length): what a text of each length is measured by."""

    slope: np.float32
    least: np.float32

    def into(self, lengths: FloatArray, numbers: Numbers, out: FloatArray) -> None:
        """Write that of these documents into `out`."""
        np.take(lengths, numbers, out=out, mode="clip")  # as "raise", but writes where it is told to
        out *= self.slope
        out += self.least


def length_norm(average: float) -> LengthNorm:
    """The measure where texts are so long on the average; without any texts it is the same for all."""
    if average <= 0.0:
        return LengthNorm(np.float32(0.0), np.float32(K1))
    return LengthNorm(np.float32(K1 * B / average), np.float32(K1 * (1.0 - B)))


def saturate(counts: FloatArray, norm: FloatArray, weight: float, out: FloatArray) -> None:
    """Write the score that each document of a term gains into `out`, and something else over `norm`.

    `counts` and `norm` are of these documents; `weight` is the term's own weight times its idf.
    """
    np.multiply(counts, weight * (K1 + 1.0), out=out)
    norm += counts
    np.divide(out, norm, out=out)


def together(parts: list[Postings]) -> Postings:
    """One after the other."""
    if len(parts) <= 1:
        return parts[0] if parts else NO_POSTINGS
    return Postings(np.concatenate([part.ids for part in parts]), np.concatenate([part.counts for part in parts]))


def union(several: Postings, size: int) -> Postings:
    """Several terms, given one after the other, counted as one; of an index of `size` documents."""
    if not len(several.ids):
        return NO_POSTINGS
    sums = np.bincount(several.ids, several.counts, size)
    ids = np.flatnonzero(sums)
    return Postings(ids.astype(np.int32), sums[ids].astype(np.float32))


def common(few: IntArray, many: IntArray) -> IntArray:
    """The documents that are in both, each in ascending order and much fewer in the first."""
    where = np.searchsorted(many, few)
    where[where == len(many)] = 0
    return few[many[where] == few] if len(many) else few[:0]


def best(scores: FloatArray, ids: Numbers, count: int) -> Numbers:
    """The `count` highest of `ids` by score, ties by the newer document number, in order."""
    if count <= 0 or not len(ids):
        return ids[:0]
    values = scores[ids]
    if count < len(ids):
        border = np.partition(values, len(values) - count)[len(values) - count]
        keep = values >= border
        ids, values = ids[keep], values[keep]
    return ids[np.lexsort((-ids, -values))][:count]
