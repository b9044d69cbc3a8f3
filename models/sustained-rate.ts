/**
 * Criterion (c) of GB 38031-2025 C.5.3.7 on one thermometer: dT/dt at or above 1 °C/s for more than 3 s.
 * The rate is taken over a trailing span of at least 1 s, whatever the sampling; it holds from the start of its first span.
 */
import { runawayParams as p } from "./params/detectors.ts";

export interface RateState {
  /** Recent readings as time and temperature in turn, oldest first: enough for one span. */
  recent: number[];
  /** Start of the first span that was fast enough, while every later one was too. */
  since_s: number | null;
  /** Spans that do not overlap, and when the last of them ended. */
  spans: number;
  spanEnd_s: number;
  rate_K_per_s: number | null;
}

/** Closer readings than this are not kept as the start of a span, which bounds the state at any rate of sampling. */
const SPACING_s = 0.04;
const ROUNDING_s = 1e-6;

export const startRate = (): RateState => ({ recent: [], since_s: null, spans: 0, spanEnd_s: 0, rate_K_per_s: null });

/** Whether the criterion holds with this reading. Repeated or falling times are passed over; nothing is sustained across a gap above `longestGap_s`. */
export function seeRate(state: RateState, at_s: number, value_degC: number, longestGap_s: number): boolean {
  const { recent } = state;
  const last_s = recent.at(-2);
  if (last_s !== undefined && at_s <= last_s) return holds(state, at_s);
  if (last_s !== undefined && at_s - last_s > longestGap_s) {
    Object.assign(state, startRate());
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
  state.rate_K_per_s = (value_degC - from_degC) / (at_s - from_s);
  count(state, from_s, at_s);
  return holds(state, at_s);
}

function count(state: RateState, from_s: number, at_s: number): void {
  if (state.rate_K_per_s === null || state.rate_K_per_s < p.rate_K_per_s) {
    state.since_s = null;
  } else if (state.since_s === null) {
    state.since_s = from_s;
    state.spans = 1;
    state.spanEnd_s = at_s;
  } else if (from_s >= state.spanEnd_s) {
    state.spans += 1;
    state.spanEnd_s = at_s;
  }
}

const holds = ({ since_s, spans }: RateState, at_s: number): boolean => since_s !== null && spans >= p.spansMin && at_s - since_s > p.hold_s + ROUNDING_s;
