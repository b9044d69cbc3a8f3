/**
 * Thermal runaway by GB 38031-2025 C.5.3.7: (a OR b) AND c.
 * (a) voltage more than 25 % below initial; (b) temperature at the maker's maximum; (c) dT/dt ≥ 1 °C/s for more than 3 s on any thermometer of the cell,
 * by its own heat: what the hotter air of its chamber explains is none, as long as the voltage has not fallen with it.
 *
 * (a) or (b) is asked for only where both can be judged; otherwise (c) alone decides, at once, and the finding says so, since a missed runaway is worse
 * than a false one. (a) needs a fresh voltage and a plausible initial one; without the maker's maximum it is told but not asked for, because a feed that
 * froze looks like a steady voltage. (b) needs the maximum, and the thermometer that met (c) still alive.
 *
 * Once found it stands until no thermometer has met (c) for 10 min and all that were seen in that time read 60 °C or less; unseen is not cool.
 */
import type { Channel, Station } from "../edge-agent/contracts/station.ts";
import { alarmKind } from "../edge-agent/core/alarms.ts";
import type { Finding, Scope } from "../edge-agent/core/judgement.ts";
import type { Sample } from "../edge-agent/core/sample.ts";
import { own } from "./keyed.ts";
import { measuredValue } from "./measured-value.ts";
import type { Evidence } from "./opinion.ts";
import { airAround, isWarmedByAir, type OvenAir, seeAir } from "./oven-air.ts";
import { runawayParams as p } from "./params/detectors.ts";
import { patience_s } from "./patience.ts";
import { countsRise, endsLost, type SpikeState, startSpikes } from "./spikes.ts";
import type { Stage } from "./stage.ts";
import { atCell, cellScope, chamberOf, standsInFor, thermometersOf } from "./station-map.ts";
import { type RateState, seeRate, startRate } from "./sustained-rate.ts";
import { type RepeatState, seeReading, speaks, startRepeats } from "./thermal/stuck.ts";
import { canJudgeDrop, type DropState, isDropped, seeVoltage, startDrop } from "./voltage-drop.ts";

interface Thermometer {
  rate: RateState;
  spikes: SpikeState;
  repeats: RepeatState;
  seen_s: number;
  value_degC: number;
  /** The lowest readings of this minute and of the one before, and when this one began. */
  low_degC: number;
  lowBefore_degC: number;
  low_s: number;
}

interface CellState {
  thermometers: Record<string, Thermometer>;
  voltage: DropState;
  /** One temperature every 10 s over the last minute, as time and temperature in turn: tells a calm cell. */
  anchors: number[];
  /** When each criterion last held. */
  a_s: number | null;
  b_s: number | null;
  c_s: number | null;
  /** The thermometer that last met (c), by how much it had risen within the last minutes, and to what. */
  cBy: string | null;
  cRise_K: number;
  c_degC: number;
  whyC: string;
  why: string[];
  present: boolean;
  /** (c) alone is told. */
  alone: boolean;
}
export interface RunawayState {
  cells: Record<string, CellState>;
  /** Of each thermometer in a chamber's air, by channel. */
  air: OvenAir;
}

interface Watch {
  readonly cell: string;
  readonly scope: Scope;
  readonly most_degC: number | undefined;
  readonly voltage: Channel | undefined;
  readonly air: Channel | undefined;
  /** The patience with each thermometer, by channel. */
  readonly patience_s: ReadonlyMap<string, number>;
  /** Of a thermometer that only stands in for others: for which, by channel. */
  readonly standsInFor: ReadonlyMap<string, readonly Channel[]>;
  readonly voltageStale_s: number;
  readonly together_s: number;
  readonly coolHold_s: number;
  readonly calm: Finding;
  /** Of (c) alone. */
  readonly alone: Finding;
}

const startCell = (): CellState => ({
  thermometers: {},
  voltage: startDrop(),
  anchors: [],
  a_s: null,
  b_s: null,
  c_s: null,
  cBy: null,
  cRise_K: 0,
  c_degC: 0,
  whyC: "",
  why: [],
  present: false,
  alone: false,
});

export function runaway(station: Station): Stage<RunawayState, Evidence, readonly Finding[]> {
  const routes = new Map<string, Watch>();
  for (const { id: cell, max_temperature_degC } of station.cells) {
    const thermometers = thermometersOf(station, cell);
    if (thermometers.length === 0) continue;
    const scope = cellScope(station, cell);
    const voltage = atCell(station, cell, "voltage");
    const chamber = chamberOf(station, cell);
    const air = chamber?.place === "chamber" ? chamber : undefined;
    const calm: Finding = { alarm: "runaway", scope, by: "runaway", severity: "trip", present: false, why: [] };
    const patience = new Map(thermometers.map(({ id, every_s }) => [id, patience_s(every_s)]));
    const slowest_s = Math.max(...patience.values());
    const watch: Watch = {
      cell,
      scope,
      most_degC: max_temperature_degC,
      voltage,
      air,
      patience_s: patience,
      standsInFor: new Map(thermometers.map((channel) => [channel.id, standsInFor(thermometers, channel)])),
      voltageStale_s: voltage === undefined ? 0 : Math.max(p.voltageStale_s, patience_s(voltage.every_s)),
      together_s: Math.max(p.together_s, p.together_patiences * slowest_s),
      coolHold_s: Math.max(p.coolHold_s, slowest_s),
      calm,
      alone: { ...calm, alarm: "self-heating", severity: alarmKind("self-heating").severity },
    };
    for (const { id } of thermometers) routes.set(id, watch);
    if (voltage !== undefined) routes.set(voltage.id, watch);
  }
  const airs = new Set([...routes.values()].flatMap(({ air }) => air?.id ?? []));
  return {
    start: () => ({ cells: {}, air: {} }),
    step(state, { samples }) {
      const findings: Finding[] = [];
      for (const sample of samples) {
        const watch = routes.get(sample.channel);
        const value = measuredValue(sample);
        if (value !== undefined && airs.has(sample.channel)) seeAir(state.air, sample, value);
        if (watch === undefined) continue;
        const cell = own(state.cells, watch.cell, startCell);
        if (value === undefined) {
          // what was lost can only add a finding: calm is never said of nothing
          loseTemperature(cell, sample);
          const finding = judge(watch, cell, sample.at_s);
          if (finding.present) findings.push(finding, ...superseded(watch, cell));
          continue;
        }
        if (sample.channel === watch.voltage?.id) seeCellVoltage(watch, cell, sample, value);
        else seeTemperature(watch, cell, sample, value, airAround(state.air, watch.air, sample.at_s));
        findings.push(judge(watch, cell, sample.at_s), ...ratherAlone(watch, cell, sample.at_s));
      }
      return [state, findings];
    },
  };
}

/** When any thermometer of the cell last gave a value that (c) can use; null before the first. */
export function lastSeen_s(state: RunawayState, cell: string): number | null {
  const thermometers = Object.hasOwn(state.cells, cell) ? Object.values(state.cells[cell]?.thermometers ?? {}) : [];
  return thermometers.length === 0 ? null : Math.max(...thermometers.map(({ seen_s }) => seen_s));
}

function seeCellVoltage({ coolHold_s }: Watch, cell: CellState, { at_s, quality }: Sample, value_V: number): void {
  if (seeVoltage(cell.voltage, at_s, value_V, quality === "good" && isCalm(cell, at_s, coolHold_s))) cell.a_s = at_s;
}

function seeTemperature(
  { most_degC, patience_s, standsInFor, together_s }: Watch,
  cell: CellState,
  { channel, at_s }: Sample,
  value_degC: number,
  air_degC: number | undefined,
): void {
  const spokenFor = standsInFor.get(channel)?.some(({ id }) => {
    const other = Object.hasOwn(cell.thermometers, id) ? cell.thermometers[id] : undefined;
    return other !== undefined && speaks(other.seen_s, other.repeats, at_s, patience_s.get(id) ?? 0);
  });
  if (spokenFor) return;
  const thermometer = own(cell.thermometers, channel, () => ({
    rate: startRate(),
    spikes: startSpikes(),
    repeats: startRepeats(),
    seen_s: at_s,
    value_degC,
    low_degC: value_degC,
    lowBefore_degC: value_degC,
    low_s: at_s,
  }));
  seeReading(thermometer.repeats, at_s, value_degC);
  thermometer.seen_s = at_s;
  thermometer.value_degC = value_degC;
  if (at_s - thermometer.low_s > p.low_s) Object.assign(thermometer, { lowBefore_degC: thermometer.low_degC, low_degC: value_degC, low_s: at_s });
  thermometer.low_degC = Math.min(thermometer.low_degC, value_degC);
  anchor(cell, at_s, value_degC, channel);
  if (most_degC !== undefined && value_degC >= most_degC) cell.b_s = at_s;
  const holds = seeRate(thermometer.rate, at_s, value_degC, patience_s.get(channel) ?? 0);
  const { rate_K_per_s, since_s, since_degC } = thermometer.rate;
  const counts = countsRise(thermometer.spikes, at_s, value_degC, holds ? since_degC : undefined);
  // a voltage that is lost is no oven's doing, and no spike's
  const dropped = cell.a_s !== null && at_s - cell.a_s <= together_s;
  if (!counts && !(dropped && holds)) return;
  if (!dropped && isWarmedByAir(air_degC, value_degC, rate_K_per_s ?? 0)) return;
  const how = holds
    ? `for ${(at_s - (since_s ?? at_s)).toFixed(1)} s, last by ${(rate_K_per_s ?? 0).toFixed(1)} K/s, to`
    : "and no spike stands for so long as at";
  meetC(cell, channel, thermometer, at_s, how);
}

/** `how`: it rose, in words that go on with its temperature. */
function meetC(cell: CellState, channel: string, { value_degC, low_degC, lowBefore_degC }: Thermometer, at_s: number, how: string): void {
  cell.c_s = at_s;
  cell.cBy = channel;
  cell.cRise_K = value_degC - Math.min(low_degC, lowBefore_degC);
  cell.c_degC = value_degC;
  cell.whyC = `(c) ${channel} rose by ${p.rate_K_per_s} K/s or more ${how} ${value_degC.toFixed(1)} degC`;
}

/** A thermometer that is lost in a rise which might still have been a spike. */
function loseTemperature(cell: CellState, { channel, at_s }: Sample): void {
  const thermometer = Object.hasOwn(cell.thermometers, channel) ? cell.thermometers[channel] : undefined;
  if (thermometer !== undefined && endsLost(thermometer.spikes)) meetC(cell, channel, thermometer, at_s, "before it was lost at");
}

/** Anchors come from one thermometer, the first that spoke: two differ by their offsets. */
function anchor(cell: CellState, at_s: number, value_degC: number, channel: string): void {
  if (Object.keys(cell.thermometers)[0] !== channel) return;
  const last_s = cell.anchors.at(-2);
  if (last_s !== undefined && at_s - last_s < p.calmEvery_s) return;
  cell.anchors.push(at_s, value_degC);
  while (cell.anchors.length > 4 && at_s - (cell.anchors[2] ?? at_s) >= p.calmSpan_s) cell.anchors.splice(0, 2);
}

function isCalm({ anchors, c_s }: CellState, at_s: number, coolHold_s: number): boolean {
  const [from_s, from_degC] = anchors;
  const to_s = anchors.at(-2);
  const to_degC = anchors.at(-1);
  if (from_s === undefined || from_degC === undefined || to_s === undefined || to_degC === undefined) return false;
  if (to_s - from_s < p.calmSpan_s || at_s - to_s > p.calmSpan_s || (c_s !== null && at_s - c_s <= coolHold_s)) return false;
  return Math.abs(to_degC - from_degC) / (to_s - from_s) < p.calmRate_K_per_s;
}

/** Which criteria held close enough together, and which could be judged at all. */
interface Verdict {
  readonly a: boolean;
  readonly b: boolean;
  readonly judgeA: boolean;
  readonly lost: boolean;
}

function judge(watch: Watch, cell: CellState, at_s: number): Finding {
  const within = (seen_s: number | null) => seen_s !== null && at_s - seen_s <= watch.together_s;
  if (within(cell.c_s)) {
    const lost = isLost(watch, cell, at_s);
    const verdict = { a: within(cell.a_s), b: within(cell.b_s), judgeA: canJudgeDrop(cell.voltage, at_s, watch.voltageStale_s), lost };
    const both = verdict.judgeA && watch.most_degC !== undefined && !lost;
    if (!both || verdict.a || verdict.b) {
      if (!cell.present) cell.why = whyNow(watch, cell, verdict);
      cell.present = true;
    }
  } else if (cell.present && (cell.c_s === null || at_s - cell.c_s > watch.coolHold_s)) {
    const seen = Object.values(cell.thermometers).filter(({ seen_s }) => at_s - seen_s <= watch.coolHold_s);
    cell.present = seen.length === 0 || seen.some(({ value_degC }) => value_degC > p.coolBelow_degC);
  }
  return cell.present ? { ...watch.calm, present: true, why: cell.why } : watch.calm;
}

/** (c) while neither (a) nor (b) holds is no runaway by the standard, and no calm either: the cell heats itself, told until it is over or runaway. */
function ratherAlone({ alone, together_s, most_degC, voltage }: Watch, cell: CellState, at_s: number): Finding[] {
  const was = cell.alone;
  // a thermometer that is put back on a warm cell rises too
  cell.alone = !cell.present && cell.c_s !== null && at_s - cell.c_s <= together_s && (was || cell.c_degC > p.aloneFrom_degC || cell.cRise_K >= p.aloneRise_K);
  if (!cell.alone) return was ? [alone] : [];
  const not = `${voltage?.id} has not fallen by ${100 * p.drop_ratio} % and ${most_degC} degC are not reached: no runaway by GB 38031-2025`;
  return [{ ...alone, present: true, why: [cell.whyC, not, "unless its thermometer was moved, the cell heats itself"] }];
}

/** Runaway has been found since. */
function superseded({ alone }: Watch, cell: CellState): Finding[] {
  if (!cell.alone) return [];
  cell.alone = false;
  return [alone];
}

/** The thermometer that met (c) has fallen silent since: whether it reached the maximum cannot be known. */
function isLost({ patience_s }: Watch, { cBy, thermometers }: CellState, at_s: number): boolean {
  const seen_s = cBy === null ? undefined : thermometers[cBy]?.seen_s;
  return cBy !== null && seen_s !== undefined && at_s - seen_s >= (patience_s.get(cBy) ?? 0);
}

function whyNow({ cell: id, most_degC, voltage, together_s }: Watch, cell: CellState, { a, b, judgeA, lost }: Verdict): string[] {
  const why = [cell.whyC];
  const { value_V, initial_V: initial } = cell.voltage;
  if (a && initial !== null && value_V !== null)
    why.push(
      isDropped(value_V, initial)
        ? `(a) ${voltage?.id} ${value_V.toFixed(3)} V is ${(100 * (1 - value_V / initial)).toFixed(0)} % below its ${initial.toFixed(3)} V while calm`
        : `(a) ${voltage?.id} was more than ${100 * p.drop_ratio} % below its ${initial.toFixed(3)} V while calm, within the last ${together_s} s`,
    );
  if (b) why.push(`(b) ${id} reached the maker's maximum of ${most_degC} degC`);
  if (!a && judgeA) why.push(`(a) does not hold: ${voltage?.id} ${value_V?.toFixed(3)} V, ${initial?.toFixed(3)} V while calm`);
  if (!a && !judgeA)
    why.push(voltage === undefined ? `no voltage is measured at ${id}` : `${voltage.id} gives no voltage to compare with a plausible learned one`);
  if (most_degC === undefined) why.push(`no maximum temperature is given for ${id}`);
  else if (!b && lost) why.push(`${cell.cBy} fell silent below ${most_degC} degC`);
  if (!a && !b) why.push("so (c) alone decided");
  return why;
}
