// Bringing one film to the moment it should show: far away it jumps, near by it runs a little faster or slower.
const CLOSE_MS = 40;
const MOST = 0.1;
const SLOW_MS = 500;
const LONGEST_MS = 5000;

export class Pursuit {
  /** Beyond `seekMs` it jumps; beyond `rateMs`, or after a jump, it changes its speed until it is quite close. */
  constructor(seekMs, rateMs) {
    this.seekMs = seekMs;
    this.rateMs = rateMs;
    this.chases = true;
    this.jumps = [0, 0];
  }

  /** A jump took so many ms, in which the others went on. */
  took(ms) {
    this.jumps = [this.jumps[1], Math.min(ms, LONGEST_MS)];
  }

  /** How many ms of its own time the next jump will take here; 0 where that is made up for by running faster. One slow jump says nothing: two do. */
  get delay() {
    const least = Math.min(...this.jumps);
    return least > SLOW_MS ? least : 0;
  }

  /** What to do about a film that is `errorMs` ahead (behind: negative): {seek, factor}; `factor` is on its speed. */
  correct(errorMs) {
    const distance = Math.abs(errorMs);
    if (distance > this.seekMs) {
      this.chases = true;
      return { seek: true, factor: 1 };
    }
    this.chases = distance > this.rateMs || (this.chases && distance > CLOSE_MS);
    return { seek: false, factor: this.chases ? 1 - Math.max(-MOST, Math.min(MOST, errorMs / 1000)) : 1 };
  }
}
