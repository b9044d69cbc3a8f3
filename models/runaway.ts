/**
 * Thermal runaway by GB 38031-2025 C.5.3.7: (a OR b) AND c.
 * (a) voltage more than 25 % below initial; (b) temperature at the maker's maximum; (c) dT/dt ≥ 1 °C/s for more than 3 s on any thermometer of the cell.
 * Where neither (a) nor (b) can be judged by a voltage on record, (c) alone decides, and the finding says so.
 * Once found it stands until no thermometer has met (c) for 10 min and all read 60 °C or less.
 */
import type { Channel, Station } from "../edge-agent/contracts/station.ts";
import type { Finding, Scope } from "../edge-agent/core/judgement.ts";
import type { Sample } from "../edge-agent/core/sample.ts";
import { own } from "./keyed.ts";
import { measuredValue } from "./measured-value.ts";
import type { Evidence } from "./opinion.ts";
import { runawayParams as p } from "./params/detectors.ts";
import type { Stage } from "./stage.ts";
import { atCell, cellScope, thermometersOf } from "./station-map.ts";
import { type RateState, seeRate, startRate } from "./sustained-rate.ts";
import { canJudgeDrop, type DropState, isDropped, seeVoltage, startDrop } from "./voltage-drop.ts";

interface Thermometer {
  rate: RateState;
  value_degC: number;
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
  whyC: string;
  why: string[];
  present: boolean;
}
export type RunawayState = Record<string, CellState>;

interface Watch {
  readonly cell: string;
  readonly scope: Scope;
  readonly most_degC: number | undefined;
  readonly voltage: Channel | undefined;
  readonly calm: Finding;
}

const startCell = (): CellState => ({
  thermometers: {},
  voltage: startDrop(),
  anchors: [],
  a_s: null,
  b_s: null,
  c_s: null,
  whyC: "",
  why: [],
  present: false,
});

export function runaway(station: Station): Stage<RunawayState, Evidence, readonly Finding[]> {
  const routes = new Map<string, Watch>();
  for (const { id: cell, max_temperature_degC } of station.cells) {
    const thermometers = thermometersOf(station, cell);
    if (thermometers.length === 0) continue;
    const scope = cellScope(station, cell);
    const voltage = atCell(station, cell, "voltage");
    const calm: Finding = { alarm: "runaway", scope, by: "runaway", severity: "trip", present: false, why: [] };
    const watch: Watch = { cell, scope, most_degC: max_temperature_degC, voltage, calm };
    for (const { id } of thermometers) routes.set(id, watch);
    if (voltage !== undefined) routes.set(voltage.id, watch);
  }
  return {
    start: () => ({}),
    step(state, { samples }) {
      const findings: Finding[] = [];
      for (const sample of samples) {
        const watch = routes.get(sample.channel);
        const value = measuredValue(sample);
        if (watch === undefined || value === undefined) continue;
        const cell = own(state, watch.cell, startCell);
        if (sample.channel === watch.voltage?.id) seeCellVoltage(cell, sample, value);
        else seeTemperature(watch, cell, sample, value);
        findings.push(judge(watch, cell, sample.at_s));
      }
      return [state, findings];
    },
  };
}

function seeCellVoltage(cell: CellState, { at_s, quality }: Sample, value_V: number): void {
  if (seeVoltage(cell.voltage, at_s, value_V, quality === "good" && isCalm(cell, at_s))) cell.a_s = at_s;
}

function seeTemperature({ most_degC }: Watch, cell: CellState, { channel, at_s }: Sample, value_degC: number): void {
  const thermometer = own(cell.thermometers, channel, () => ({ rate: startRate(), value_degC }));
  thermometer.value_degC = value_degC;
  anchor(cell, at_s, value_degC, channel);
  if (most_degC !== undefined && value_degC >= most_degC) cell.b_s = at_s;
  if (!seeRate(thermometer.rate, at_s, value_degC)) return;
  cell.c_s = at_s;
  const { rate_K_per_s, since_s } = thermometer.rate;
  cell.whyC = `(c) ${channel} rose by ${p.rate_K_per_s} K/s or more for ${(at_s - (since_s ?? at_s)).toFixed(1)} s, last by ${(rate_K_per_s ?? 0).toFixed(1)} K/s, to ${value_degC.toFixed(1)} degC`;
}

/** Anchors come from one thermometer, the first that spoke: two differ by their offsets. */
function anchor(cell: CellState, at_s: number, value_degC: number, channel: string): void {
  if (Object.keys(cell.thermometers)[0] !== channel) return;
  const last_s = cell.anchors.at(-2);
  if (last_s !== undefined && at_s - last_s < p.calmEvery_s) return;
  cell.anchors.push(at_s, value_degC);
  while (cell.anchors.length > 4 && at_s - (cell.anchors[2] ?? at_s) >= p.calmSpan_s) cell.anchors.splice(0, 2);
}

function isCalm({ anchors, c_s }: CellState, at_s: number): boolean {
  const [from_s, from_degC] = anchors;
  const to_s = anchors.at(-2);
  const to_degC = anchors.at(-1);
  if (from_s === undefined || from_degC === undefined || to_s === undefined || to_degC === undefined) return false;
  if (to_s - from_s < p.calmSpan_s || at_s - to_s > p.calmSpan_s || (c_s !== null && at_s - c_s <= p.coolHold_s)) return false;
  return Math.abs(to_degC - from_degC) / (to_s - from_s) < p.calmRate_K_per_s;
}

function judge(watch: Watch, cell: CellState, at_s: number): Finding {
  const within = (seen_s: number | null) => seen_s !== null && at_s - seen_s <= p.together_s;
  if (within(cell.c_s)) {
    const { a_s, b_s } = cell;
    const judgeA = canJudgeDrop(cell.voltage, at_s);
    if (!judgeA || within(a_s) || within(b_s)) {
      if (!cell.present) cell.why = whyNow(watch, cell, judgeA, within(a_s), within(b_s));
      cell.present = true;
    }
  } else if (cell.present && (cell.c_s === null || at_s - cell.c_s > p.coolHold_s)) {
    cell.present = Object.values(cell.thermometers).some(({ value_degC }) => value_degC > p.coolBelow_degC);
  }
  return cell.present ? { ...watch.calm, present: true, why: cell.why } : watch.calm;
}

function whyNow({ cell: id, most_degC, voltage }: Watch, cell: CellState, judgeA: boolean, a: boolean, b: boolean): string[] {
  const why = [cell.whyC];
  const { value_V, initial_V: initial } = cell.voltage;
  if (a && initial !== null && value_V !== null)
    why.push(
      isDropped(value_V, initial)
        ? `(a) ${voltage?.id} ${value_V.toFixed(3)} V is ${(100 * (1 - value_V / initial)).toFixed(0)} % below its ${initial.toFixed(3)} V while calm`
        : `(a) ${voltage?.id} was more than ${100 * p.drop_ratio} % below its ${initial.toFixed(3)} V while calm, within the last ${p.together_s} s`,
    );
  if (b) why.push(`(b) ${id} reached the maker's maximum of ${most_degC} degC`);
  if (!judgeA && !a) why.push(voltage === undefined ? `no voltage is measured at ${id}` : `${voltage.id} gives no voltage to compare with a learned one`);
  if (most_degC === undefined) why.push(`no maximum temperature is given for ${id}`);
  if (!a && !b) why.push("so (c) alone decided");
  return why;
}
