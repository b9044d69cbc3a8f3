/** Waiting between tries: full jitter between half a second and an exponential ceiling of a minute, on the monotonic clock. */
const floor_s = 0.5;
const ceiling_s = 60;
/** A server that asks for more is asked again after this. */
const maxRetryAfter_s = 300;

export class Backoff {
  readonly #random: () => number;
  #tries = 0;
  constructor(random: () => number) {
    this.#random = random;
  }
  /** Seconds to wait after one more failure. What the server asks for is a minimum. */
  next_s(retryAfter_s = 0): number {
    const ceiling = Math.min(ceiling_s, floor_s * 2 ** Math.min(this.#tries++ + 1, 20));
    const jittered = floor_s + this.#random() * (ceiling - floor_s);
    return Math.max(jittered, Math.min(retryAfter_s, maxRetryAfter_s));
  }
  reset(): void {
    this.#tries = 0;
  }
}
