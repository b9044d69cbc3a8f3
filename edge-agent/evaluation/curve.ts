/** A curve of any length in bounded memory, for a picture: when it is full, every second point goes, and from then on half as many come. */

/** Seconds, value. */
export type Point = readonly [at_s: number, value: number];

const MOST_POINTS = 2000;

export class Curve {
  points: Point[] = [];
  #stride = 1;
  #skipped = 0;

  add(at_s: number, value: number): void {
    this.#skipped += 1;
    if (this.#skipped < this.#stride) return;
    this.#skipped = 0;
    this.points.push([at_s, value]);
    if (this.points.length < MOST_POINTS) return;
    this.points = this.points.filter((_, index) => index % 2 === 0);
    this.#stride *= 2;
  }
}
