/**
 * Off-gas onset: a one-sided CUSUM of each gas channel's whitened innovations against its learned baseline.
 *
 * An alarm needs both: the statistic above h (it is not noise) and a rise above the quantity's least one (it matters).
 * It ends when the statistic has fallen and the value is back near the baseline. Nothing is learned while an alarm stands or the statistic is on its way
 * up, but not for ever: a rise that stood for 6 h of readings without a further one is taken as the new zero or the new room, and said to be.
 * Learning uses good samples only. A saturated reading proves "at least this much", and one in doubt only of its accuracy (outside the calibrated
 * range, calibration expired, partner unsure, outside the operating range) still rises: these may raise the statistic but teach nothing.
 * Oxygen falls where a cell vents, and is not watched here.
 */
import type { Channel, Station } from "../edge-agent/contracts/station.ts";
import { alarmKind } from "../edge-agent/core/alarms.ts";
import type { Finding } from "../edge-agent/core/judgement.ts";
import { quantityOf } from "../edge-agent/core/quantities.ts";
import type { Sample } from "../edge-agent/core/sample.ts";
import { advance, type BaselineState, cautiousSigma, innovate, isWarm, phiOf, shift, startBaseline, warmUp, wideSigma } from "./baseline.ts";
import { cusumStep, thresholdFor } from "./cusum.ts";
import { own } from "./keyed.ts";
import { measuredValue, showsRise } from "./measured-value.ts";
import type { Evidence } from "./opinion.ts";
import { gasFloors, offGasParams as p } from "./params/detectors.ts";
import type { Stage } from "./stage.ts";
import { placeScope } from "./station-map.ts";

interface GasState {
  baseline: BaselineState;
  sum: number;
  since_s: number | null;
  present: boolean;
  /** While nothing is learned, since the alarm stands or may be on its way; null while learning. */
  stand: Stand | null;
}

interface Stand {
  /** Slow mean of the excess, at its last time. */
  mean: number;
  at_s: number;
  /** Its height at the last further rise, and for how long it has been read since. */
  top: number;
  stood_s: number;
}
export type OffGasState = Record<string, GasState>;

interface Watch {
  readonly channel: Channel;
  readonly h: number;
  readonly noise: number;
  readonly rise: number;
  readonly calm: Finding;
}

const startGas = (): GasState => ({ baseline: startBaseline(), sum: 0, since_s: null, present: false, stand: null });

/** A rise of this channel would be gas. */
export function isGasChannel({ quantity, gas }: Channel): boolean {
  const species = quantityOf(quantity).gas ?? gas;
  return species !== undefined && species !== "o2";
}

export function offGas(station: Station): Stage<OffGasState, Evidence, readonly Finding[]> {
  const watches = new Map(station.channels.filter(isGasChannel).map((channel) => [channel.id, watchOf(station, channel)]));
  return {
    start: () => ({}),
    step(state, { samples }) {
      const findings: Finding[] = [];
      for (const sample of samples) {
        const watch = watches.get(sample.channel);
        const value = measuredValue(sample);
        if (watch === undefined || value === undefined) continue;
        const saturated = sample.bound === 1 && sample.quality === "uncertain";
        if (!showsRise(sample) && !saturated) continue;
        const finding = look(watch, own(state, sample.channel, startGas), sample, value, sample.quality === "good");
        if (finding !== undefined) findings.push(finding);
      }
      return [state, findings];
    },
  };
}

/** When a channel last gave a reading that this detector can use; null before the first. */
export const lastUsed_s = (state: OffGasState, id: string): number | null => (Object.hasOwn(state, id) ? (state[id]?.baseline.at_s ?? null) : null);

/** For people: how far each gas channel's warm-up has come; none once all are warm. */
export function warmingUp(state: OffGasState, channels: readonly string[]): string[] {
  return channels.flatMap((id) => {
    const n = Object.hasOwn(state, id) ? (state[id]?.baseline.n ?? 0) : 0;
    return n >= p.warmUp_samples ? [] : [`${id} is warming up: ${n} of ${p.warmUp_samples} good samples`];
  });
}

function watchOf(station: Station, channel: Channel): Watch {
  const floors = gasFloors[channel.quantity] ?? { noise: 0, rise: 0 };
  const { severity } = alarmKind("gas-rise");
  return {
    channel,
    h: thresholdFor(p.falseAlarmEvery_s / channel.every_s, p.k_sigma),
    ...floors,
    calm: { alarm: "gas-rise", scope: placeScope(station, channel), by: channel.id, severity, present: false, why: [] },
  };
}

function look(watch: Watch, gas: GasState, { at_s }: Sample, value: number, teaches: boolean): Finding | undefined {
  const { h, noise, rise, calm } = watch;
  const { baseline } = gas;
  if (!isWarm(baseline)) {
    if (teaches) warmUp(baseline, at_s, value);
    return undefined;
  }
  const innovation = innovate(baseline, at_s, value, noise);
  if (innovation === undefined) return undefined;
  const { z, excess } = innovation;
  gas.sum = Math.min(p.cap_h * h, cusumStep(gas.sum, Math.max(-p.clip_sigma, Math.min(p.clip_sigma, z)), p.k_sigma));
  if (gas.sum === 0) gas.since_s = null;
  else gas.since_s ??= at_s;
  const before = gas.present;
  // a whitened statistic falls as soon as the gas stops rising, hence the second half of the way back
  gas.present = before ? gas.sum >= p.clear_h * h || excess >= Math.max(rise, p.clear_sigma * wideSigma(baseline, noise)) : gas.sum > h && excess >= rise;
  const onItsWay = gas.sum > p.clear_h * h && excess >= rise / 2;
  const learns = !gas.present && !onItsWay;
  const stoodLongEnough = !learns && stand(watch, gas, at_s, excess, teaches);
  advance(baseline, at_s, innovation, noise, teaches && learns);
  if (learns) gas.stand = null;
  if (stoodLongEnough && gas.stand !== null) {
    const { mean } = gas.stand;
    shift(baseline, mean);
    Object.assign(gas, { sum: 0, since_s: null, present: false, stand: null });
    return before ? { ...calm, why: whyLearned(watch, baseline.level, mean) } : calm;
  }
  if (gas.present) return { ...calm, present: true, why: whyRisen(watch, gas, value, excess) };
  return before ? { ...calm, why: [`${watch.channel.id} is back at its baseline of ${amount(watch, baseline.level)}`] } : calm;
}

/** One more reading while nothing is learned; whether the excess has now stood for long enough without a further rise. Gaps in the readings do not count. */
function stand({ rise }: Watch, gas: GasState, at_s: number, excess: number, teaches: boolean): boolean {
  gas.stand ??= { mean: excess, at_s, top: excess, stood_s: 0 };
  const state = gas.stand;
  const past_s = Math.min(at_s - state.at_s, p.gap_steps * gas.baseline.step_s);
  state.at_s = at_s;
  state.mean += (1 - Math.exp(-past_s / p.baseline_s)) * (excess - state.mean);
  state.stood_s += past_s;
  if (teaches && state.mean < state.top + rise) return state.stood_s >= p.stood_s;
  state.top = state.mean;
  state.stood_s = 0;
  return false;
}

const amount = ({ channel }: Watch, value: number): string => `${Number(value.toPrecision(4))} ${quantityOf(channel.quantity).unit}`;

function whyRisen(watch: Watch, { baseline, sum, since_s }: GasState, value: number, excess: number): readonly string[] {
  const sigma = cautiousSigma(baseline, watch.noise);
  return [
    `${watch.channel.id} ${amount(watch, value)} is ${amount(watch, excess)} above its learned baseline, whose noise is ${amount(watch, sigma)} (lag-1 correlation ${phiOf(baseline).toFixed(2)})`,
    `CUSUM ${sum.toFixed(1)} against ${watch.h.toFixed(1)}, rising since ${since_s?.toFixed(1)} s`,
  ];
}

const whyLearned = (watch: Watch, level: number, mean: number): readonly string[] => [
  `${watch.channel.id} stood ${amount(watch, mean)} above its baseline for ${p.stood_s / 3600} h without a further rise: ${amount(watch, level)} is taken as its new baseline, from which only a further rise is seen`,
];
