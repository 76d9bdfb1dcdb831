// How much of a file is sent in one request. A portion shall take about ten seconds: small enough that a broken
// line repeats little behind a proxy that buffers, large enough that a fast line is not kept waiting (observation.md 3a).
const MIB = 1024 * 1024;
const AIM_S = 10;
const [SMALLEST, FIRST, LARGEST] = [MIB, 4 * MIB, 32 * MIB];

export class Portions {
  constructor() {
    this.size = FIRST;
    this.least = FIRST;
    this.begin();
  }

  /** A portion sets out now. */
  begin() {
    this.began = performance.now();
  }

  /** A portion has arrived: the next one is as large as this line carries in the time aimed at. */
  arrived(bytes) {
    const seconds = Math.max(0.001, (performance.now() - this.began) / 1000);
    this.size = Math.round(Math.min(LARGEST, Math.max(this.least, (bytes / seconds) * AIM_S)));
    this.begin();
  }

  /** The line broke: less is lost next time. From now on a slow line may get smaller portions than others. */
  broke() {
    this.least = SMALLEST;
    this.size = Math.max(SMALLEST, Math.round(this.size / 2));
    this.begin();
  }
}
