/**
 * What of a fast signal is worth keeping: the conversions around each sudden change, in order, once each.
 * Sudden is what leaves the mean of the last half second by more than a step: the station's, or eight times the signal's own scatter.
 */

export interface Conversion {
  /** Monotonic seconds at which it was read. */
  readonly at_s: number;
  readonly code: number;
}

export interface BurstSetting {
  /** Kept before the change and after the last one. */
  readonly before_s: number;
  readonly after_s: number;
  /** Between two conversions. */
  readonly every_s: number;
  /** In codes; undefined: by the signal's own scatter. */
  readonly step: number | undefined;
}

const MEAN_s = 0.5;
const SCATTER_s = 2;
/** Of the scatter. Even in a year of Gaussian noise at 1 kHz nothing comes there. */
const TIMES = 8;
/** Of the limit, what one conversion may add to the scatter: seconds of more noise are noise in the end. */
const CLIPPED = 4;
/** A signal without any noise is no more quiet than its last bits. */
const LEAST_codes = 8;

/** Holds at most `before` in its ring, and at most two whole bursts that nobody has taken yet: what comes beyond is not kept. */
export class Burst {
  readonly #setting: BurstSetting;
  readonly #inRing: number;
  readonly #inLine: number;
  #ring: Conversion[] = [];
  #line: Conversion[] = [];
  #wantedUntil_s = Number.NEGATIVE_INFINITY;
  #began_s: number | undefined;
  #mean = 0;
  #square = 0;

  constructor(setting: BurstSetting) {
    this.#setting = setting;
    this.#inRing = Math.ceil(setting.before_s / setting.every_s);
    this.#inLine = Math.ceil((2 * (setting.before_s + setting.after_s)) / setting.every_s) + 1;
  }

  /** In the order of their times. */
  push(conversion: Conversion): void {
    const { at_s, code } = conversion;
    if (this.#isSudden(at_s, code)) {
      this.#wantedUntil_s = at_s + this.#setting.after_s;
      this.#keepRing();
    }
    if (at_s <= this.#wantedUntil_s) this.#keep(conversion);
    else {
      this.#ring.push(conversion);
      if (this.#ring.length > 2 * this.#inRing) this.#ring = this.#recent();
    }
  }

  /** The next ones of a burst, the oldest first. */
  take(most: number): Conversion[] {
    return this.#line.splice(0, most);
  }

  /** All that is held, as when no more will come. */
  end(): Conversion[] {
    this.#keepRing();
    return this.take(this.#inLine);
  }

  /** Asks for one conversion without a burst: nothing older will be given. */
  show(conversion: Conversion): void {
    this.#ring = [];
    this.#keep(conversion);
  }

  #keepRing(): void {
    for (const before of this.#recent()) this.#keep(before);
    this.#ring = [];
  }

  #recent(): Conversion[] {
    return this.#inRing === 0 ? [] : this.#ring.slice(-this.#inRing);
  }

  #keep(conversion: Conversion): void {
    if (this.#line.length < this.#inLine) this.#line.push(conversion);
  }

  #isSudden(at_s: number, code: number): boolean {
    const { step, every_s } = this.#setting;
    if (this.#began_s === undefined) [this.#began_s, this.#mean] = [at_s, code];
    const off = code - this.#mean;
    const limit = Math.max(LEAST_codes, TIMES * Math.sqrt(this.#square));
    this.#mean += off * Math.min(1, every_s / MEAN_s);
    const known = at_s - this.#began_s >= SCATTER_s;
    // an event is no scatter: counted in full, the first would hide the second
    const counted = known ? Math.min(Math.abs(off), limit / CLIPPED) : off;
    this.#square += (counted ** 2 - this.#square) * Math.min(1, every_s / SCATTER_s);
    if (step !== undefined) return Math.abs(off) >= step;
    return known && Math.abs(off) >= limit;
  }
}
