/** The course of what lasts since the plateau began, in few points: neighbours are merged when there are too many. And rates over its spans. */
import { courseParams as p } from "../params/swelling.ts";

export interface CourseState {
  /** Run time and level of each point, in turn, oldest first. */
  points: number[];
  /** How many blocks a full point holds, and the sums of the one that is being filled. */
  each: number;
  n: number;
  t: number;
  y: number;
}

export const startCourse = (): CourseState => ({ points: [], each: 1, n: 0, t: 0, y: 0 });

export function addLevel(state: CourseState, at_s: number, level: number): void {
  state.n += 1;
  state.t += (at_s - state.t) / state.n;
  state.y += (level - state.y) / state.n;
  if (state.n < state.each) return;
  state.points.push(state.t, state.y);
  Object.assign(state, { n: 0, t: 0, y: 0 });
  if (state.points.length < 2 * p.most_points) return;
  const { points } = state;
  const merged: number[] = [];
  for (let i = 0; i + 3 < points.length; i += 4) merged.push(((points[i] ?? 0) + (points[i + 2] ?? 0)) / 2, ((points[i + 1] ?? 0) + (points[i + 3] ?? 0)) / 2);
  state.points = merged;
  state.each *= 2;
}

/** The gauge stepped: what went before is told in its new words. */
export function shiftCourse(state: CourseState, by: number): void {
  for (let i = 1; i < state.points.length; i += 2) state.points[i] = (state.points[i] ?? 0) + by;
  if (state.n > 0) state.y += by;
}

export interface Rate {
  readonly per_h: number;
  /** By the scatter about the straight line. */
  readonly u_per_h: number;
  readonly from_s: number;
  readonly to_s: number;
}

/** Straight line through the points of [from_s, to_s]; undefined below four of them. */
export function rateOver({ points }: CourseState, from_s: number, to_s: number): Rate | undefined {
  let [n, t, y] = [0, 0, 0];
  for (let i = 0; i < points.length; i += 2) {
    const at_s = points[i] ?? 0;
    if (at_s < from_s || at_s > to_s) continue;
    n += 1;
    t += at_s;
    y += points[i + 1] ?? 0;
  }
  if (n < 4) return undefined;
  const [meanT, meanY] = [t / n, y / n];
  let [tt, ty, yy] = [0, 0, 0];
  for (let i = 0; i < points.length; i += 2) {
    const at_s = points[i] ?? 0;
    if (at_s < from_s || at_s > to_s) continue;
    const dt_h = (at_s - meanT) / 3600;
    const dy = (points[i + 1] ?? 0) - meanY;
    tt += dt_h * dt_h;
    ty += dt_h * dy;
    yy += dy * dy;
  }
  if (tt <= 0) return undefined;
  const per_h = ty / tt;
  const scatter2 = Math.max(0, yy - per_h * ty) / (n - 2);
  return { per_h, u_per_h: Math.sqrt(scatter2 / tt), from_s, to_s };
}

/** The slowest rate over spans of this length that end before `to_s`. */
export function slowestRate(state: CourseState, from_s: number, to_s: number, span_s: number): Rate | undefined {
  let slowest: Rate | undefined;
  for (let i = 0; i < state.points.length; i += 2) {
    const begin_s = state.points[i] ?? 0;
    if (begin_s < from_s || begin_s + span_s > to_s) continue;
    const rate = rateOver(state, begin_s, begin_s + span_s);
    if (rate !== undefined && (slowest === undefined || rate.per_h < slowest.per_h)) slowest = rate;
  }
  return slowest;
}

/** How much rates over spans of this length differ from one to the next, per hour; 0 while there are too few to say. Their median: a knee is no scatter. */
export function scatterOf(state: CourseState, from_s: number, to_s: number, span_s: number): number {
  const steps: number[] = [];
  let last: Rate | undefined;
  for (let end_s = to_s; end_s - span_s >= from_s; end_s -= span_s) {
    const rate = rateOver(state, end_s - span_s, end_s);
    if (rate !== undefined && last !== undefined) steps.push(Math.abs(rate.per_h - last.per_h));
    last = rate;
  }
  if (steps.length < p.leastSpans) return 0;
  steps.sort((a, b) => a - b);
  // 1.4826: of a Gaussian standard deviation over its median; the difference of two has twice the variance
  return (1.4826 * (steps[steps.length >> 1] ?? 0)) / Math.SQRT2;
}
