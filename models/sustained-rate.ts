/**
 * Criterion (c) of GB 38031-2025 C.5.3.7 on one thermometer: dT/dt at or above 1 °C/s for more than 3 s.
 * The rate is taken over a trailing span of at least 1 s, whatever the sampling; it holds from the start of its first span.
 *
 * An instrument that goes wrong is told apart where it can be: what makes good a fall is no rise, a jump alone is not sustained, and neither is what
 * the noise of the readings may be.
 */
import { runawayParams as p } from "./params/detectors.ts";
import { type NoiseState, seeNoise, startNoise } from "./reading-noise.ts";

export interface RateState {
  /** Recent readings as time and temperature in turn, oldest first: enough for one span. */
  recent: number[];
  /** Start of the first span that was fast enough, while every later one was too. */
  since_s: number | null;
  since_degC: number;
  /** Spans that do not overlap, and when the last of them ended. */
  spans: number;
  spanEnd_s: number;
  /** One of them was slow beside a jump of late. */
  slow: boolean;
  /** The fastest span of late, and when it ended. */
  steepest_K_per_s: number;
  steepest_s: number;
  rate_K_per_s: number | null;
  /** The highest reading before the span, of late, and when. */
  high_degC: number | null;
  high_s: number;
  noise: NoiseState;
}

/** Closer readings than this are not kept as the start of a span, which bounds the state at any rate of sampling. */
const SPACING_s = 0.04;
const ROUNDING_s = 1e-6;

export const startRate = (): RateState => ({
  recent: [],
  since_s: null,
  since_degC: 0,
  spans: 0,
  spanEnd_s: 0,
  slow: false,
  steepest_K_per_s: 0,
  steepest_s: 0,
  rate_K_per_s: null,
  high_degC: null,
  high_s: 0,
  noise: startNoise(p.noiseStart_K ** 2),
});

/** Whether the criterion holds with this reading. Repeated or falling times are passed over; nothing is sustained across a gap above `longestGap_s`. */
export function seeRate(state: RateState, at_s: number, value_degC: number, longestGap_s: number): boolean {
  const { recent } = state;
  const last_s = recent.at(-2);
  if (last_s !== undefined && at_s <= last_s) return holds(state, at_s);
  seeNoise(state.noise, value_degC, p.noiseMemory_samples, p.noiseFloor_K);
  if (last_s !== undefined && at_s - last_s > longestGap_s) {
    Object.assign(state, { ...startRate(), noise: state.noise });
    state.recent.push(at_s, value_degC);
    return false;
  }
  const reach_s = at_s - p.span_s + p.spanTolerance_s;
  let drop = 0;
  for (let next = recent[drop + 2]; next !== undefined && next <= reach_s; next = recent[drop + 2]) drop += 2;
  if (drop > 0) recent.splice(0, drop);
  const [from_s, from_degC] = recent;
  if (last_s === undefined || at_s - last_s >= SPACING_s) recent.push(at_s, value_degC);
  if (from_s === undefined || from_degC === undefined || from_s > reach_s) return false;
  const fell = state.high_degC !== null && from_s - state.high_s <= longestGap_s && state.high_degC - from_degC > p.fall_K;
  const base_degC = fell ? (state.high_degC ?? from_degC) : from_degC;
  if (!fell) Object.assign(state, { high_degC: from_degC, high_s: from_s });
  state.rate_K_per_s = (value_degC - base_degC) / (at_s - from_s);
  count(state, from_s, base_degC, at_s);
  return holds(state, at_s);
}

function count(state: RateState, from_s: number, from_degC: number, at_s: number): void {
  if (at_s - state.steepest_s > p.jumpLasts_s) state.steepest_K_per_s = 0;
  if (state.rate_K_per_s === null || state.rate_K_per_s < p.rate_K_per_s) {
    state.since_s = null;
    return;
  }
  const slow = state.rate_K_per_s < p.jump_share * state.steepest_K_per_s;
  if (state.rate_K_per_s >= state.steepest_K_per_s) Object.assign(state, { steepest_K_per_s: state.rate_K_per_s, steepest_s: at_s });
  if (state.since_s === null) {
    Object.assign(state, { since_s: from_s, since_degC: from_degC, spans: 1, spanEnd_s: at_s, slow });
  } else if (from_s >= state.spanEnd_s) {
    state.spans += 1;
    state.spanEnd_s = at_s;
    state.slow ||= slow;
  }
}

function holds({ since_s, since_degC, spans, slow, noise }: RateState, at_s: number): boolean {
  if (since_s === null || spans < (slow ? p.spansAfterJump : p.spansMin) || at_s - since_s <= p.hold_s + ROUNDING_s) return false;
  return (noise.back1 ?? since_degC) - since_degC > p.rise_sigmas * Math.sqrt(noise.noise2);
}
