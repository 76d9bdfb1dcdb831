"""Signatures of texts: what makes an earlier text that is close be found among a hundred thousand without reading them.

MinHash (Broder 1997) keeps of a set of shingles the smallest value under each of `PERMUTATIONS` random orders; two sets
agree in a share of these values that is, on average, their resemblance r. The values are taken `ROWS` at a time as bands:
texts that agree in one whole band are candidates, which happens with probability 1 - (1 - r^ROWS)^BANDS - 0.94 at r = 0.5,
0.43 at r = 0.3, 0.02 at r = 0.1 (Leskovec, Rajaraman, Ullman, "Mining of Massive Datasets", 3.4). Each band is kept as one number, so
that candidates are one indexed query. The orders come from a fixed seed and a named scheme of datasketch: numbers kept
by one release are those of the next. (crc32 is enough to begin with: that scheme mixes it before it permutes.)
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Sequence
from functools import cache
from typing import Any

from yanxiu.core.resemblance import pieces_of, runs_of

BANDS, ROWS = 20, 3
PIECE_BANDS = 8
"""Bands kept of a part: shared parts are cut alike, so they resemble one another nearly wholly (0.97 at r = 0.7)."""
PERMUTATIONS = BANDS * ROWS
SEED, SCHEME = 1997, "affine32"


@cache
def _orders() -> Any:
    """The random orders, made once. datasketch takes a second to load, which only those who compare texts pay for."""
    from datasketch import MinHash

    return MinHash(num_perm=PERMUTATIONS, seed=SEED, scheme=SCHEME).permutations


def band_keys(text: str) -> set[int]:
    """Return the numbers by which a text is found; none for one that is too short."""
    keys: set[int] = set()
    for number, piece in enumerate(pieces_of(text)):
        keys.update(_keys_of(runs_of(piece), PIECE_BANDS if number else BANDS))
    return keys


def _keys_of(runs: set[str], bands: int) -> Sequence[int]:
    from datasketch import MinHash

    signature = MinHash(num_perm=PERMUTATIONS, seed=SEED, scheme=SCHEME, permutations=_orders(), hashfunc=zlib.crc32)
    signature.update_batch([run.encode() for run in runs])
    values = [int(value) for value in signature.digest()]
    return [_key(band, values[band * ROWS : (band + 1) * ROWS]) for band in range(bands)]


def _key(band: int, values: Sequence[int]) -> int:
    packed = struct.pack(f"<H{ROWS}I", band, *values)
    return int.from_bytes(hashlib.blake2b(packed, digest_size=8).digest(), "little", signed=True)
