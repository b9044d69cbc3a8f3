/** Quantiles of small samples, and how sure a median is when whole runs are drawn again. */
import { evaluationParams as p } from "../params/evaluation.ts";
import { chanceFrom } from "./chance.ts";

/** Linear between order statistics (Hyndman and Fan 1996, type 7); undefined of nothing. */
export function quantile(values: readonly number[], share: number): number | undefined {
  return sortedQuantile(
    values.toSorted((a, b) => a - b),
    share,
  );
}

export const median = (values: readonly number[]): number | undefined => quantile(values, 0.5);

function sortedQuantile(sorted: readonly number[], share: number): number | undefined {
  const at = (sorted.length - 1) * share;
  const [below, above] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  if (below === undefined || above === undefined) return undefined;
  return below === above ? below : below + (above - below) * (at - Math.floor(at));
}

/**
 * The 95 % percentile interval of the median, by drawing whole runs: cells of one run share its heater, its chamber and its fire, so that they are
 * not drawn one by one. Undefined for fewer than two runs that have a value, of which nothing can be said.
 */
export function medianInterval(runs: readonly (readonly number[])[]): readonly [low: number, high: number] | undefined {
  const filled = runs.filter((values) => values.length > 0);
  if (filled.length < 2) return undefined;
  const chance = chanceFrom(p.seed);
  const sorted = filled.flatMap((values, run) => values.map((value) => ({ value, run }))).sort((a, b) => a.value - b.value);
  const medians: number[] = [];
  for (let turn = 0; turn < p.resamples; turn += 1) {
    const times = new Uint32Array(filled.length);
    let n = 0;
    for (let draw = 0; draw < filled.length; draw += 1) {
      const run = Math.floor(chance() * filled.length);
      times[run] = (times[run] ?? 0) + 1;
      n += filled[run]?.length ?? 0;
    }
    medians.push(drawnMedian(sorted, times, n));
  }
  medians.sort((a, b) => a - b);
  const tail = (1 - p.confidence) / 2;
  return [sortedQuantile(medians, tail) ?? 0, sortedQuantile(medians, 1 - tail) ?? 0];
}

/** The median of `n` values that each stand there as often as their run was drawn; sorted once for all drawings. */
function drawnMedian(sorted: readonly { readonly value: number; readonly run: number }[], times: Uint32Array, n: number): number {
  const [lower, upper] = [Math.floor((n - 1) / 2), Math.ceil((n - 1) / 2)];
  let below: number | undefined;
  let passed = 0;
  for (const { value, run } of sorted) {
    passed += times[run] ?? 0;
    if (below === undefined && passed > lower) below = value;
    if (passed > upper) return ((below ?? value) + value) / 2;
  }
  throw new Error(`${n} values were drawn, and ${passed} found`);
}
