// Which moment of the right film belongs to a moment of the left: side by side from anchor to anchor, [[left, right], …] in ms.
export class Anchors {
  constructor(pairs) {
    this.pairs = pairs.length ? pairs : [[0, 0]];
  }

  /** Where the right film should be, and whether it waits there because its phase is the shorter one. */
  right(left) {
    const at = this.last(0, left);
    const [from, to] = this.pairs[at];
    const wanted = to + left - from;
    const next = this.pairs[at + 1];
    if (next && wanted >= next[1]) return { ms: next[1], waits: true };
    return { ms: Math.max(0, wanted), waits: wanted < 0 };
  }

  /** Where the left film is when the right one shows this. */
  left(right) {
    const at = this.last(1, right);
    const [from, to] = this.pairs[at];
    const next = this.pairs[at + 1];
    const wanted = Math.max(0, from + right - to);
    return next ? Math.min(wanted, next[0] - 1) : wanted;
  }

  last(side, moment) {
    let found = 0;
    this.pairs.forEach((pair, number) => {
      if (pair[side] <= moment) found = number;
    });
    return found;
  }
}
