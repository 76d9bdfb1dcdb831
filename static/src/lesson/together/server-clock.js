// The clock of the server, as far as a page can know it: each answer to a question says what time it is there, and half of
// the way there and back passed since. The quickest of the last answers is the best.
const KEPT = 8;

export class ServerClock {
  constructor(local = () => performance.now()) {
    this.local = local;
    this.samples = [];
  }

  /** Note an answer that says `serverMs`; the question was asked at `askedAt` by the local clock. */
  note(askedAt, serverMs) {
    const heardAt = this.local();
    const sample = { took: heardAt - askedAt, offset: serverMs - (askedAt + heardAt) / 2 };
    this.samples = [...this.samples, sample].slice(-KEPT);
    this.offset = this.samples.reduce((best, one) => (one.took < best.took ? one : best)).offset;
  }

  get isKnown() {
    return this.samples.length > 0;
  }

  /** Milliseconds by the server's clock. */
  get now() {
    return this.local() + (this.offset || 0);
  }
}
