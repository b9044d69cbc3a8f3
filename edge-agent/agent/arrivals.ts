/**
 * Readings of several buses, in the order of their times. Each bus has a pipe of its own: after this process stood still, one pipe brings
 * minutes at once, and the other buses would look silent all that time. So everything that has come is heard before anything is judged.
 */
import type { Clock } from "../core/clock.ts";
import type { Reading } from "../core/sample.ts";

/** The loop is looked at far more often than this: longer between two turns is a standstill. */
const STANDSTILL_s = 0.25;

export interface ArrivalsParts {
  readonly clock: Pick<Clock, "monotonic_s">;
  /** In time order. */
  readings(readings: readonly Reading[]): void;
  /** After every reading that has come by now. */
  time(): void;
}

export class Arrivals {
  readonly #parts: ArrivalsParts;
  #arrived: Reading[] = [];
  #ticked = false;
  #turn: NodeJS.Immediate | undefined;
  #turned_s: number;
  /** The pipes were looked at once more after a standstill. */
  #looked = false;

  constructor(parts: ArrivalsParts) {
    this.#parts = parts;
    this.#turned_s = parts.clock.monotonic_s();
  }

  /** Taken on within this turn of the event loop. */
  add(readings: readonly Reading[]): void {
    this.#arrived.push(...readings);
    this.#turn ??= setImmediate(() => this.#pass());
  }

  /** Several times a second. */
  tick(): void {
    this.#ticked = true;
    this.#turn ??= setImmediate(() => this.#pass());
  }

  /** What has come and was not taken on is dropped. */
  stop(): void {
    clearImmediate(this.#turn);
  }

  #pass(): void {
    const now_s = this.#parts.clock.monotonic_s();
    const stoodStill = now_s - this.#turned_s > STANDSTILL_s;
    this.#turned_s = now_s;
    // once: a machine that is always slow must still decide
    if (stoodStill && !this.#looked) {
      this.#looked = true;
      this.#turn = setImmediate(() => this.#pass()); // behind one more look at the pipes
      return;
    }
    this.#turn = undefined;
    this.#looked = false;
    const readings = this.#arrived.sort((one, other) => one.at_s - other.at_s);
    this.#arrived = [];
    if (readings.length > 0) this.#parts.readings(readings);
    if (this.#ticked) this.#parts.time();
    this.#ticked = false;
  }
}
