/** Which channels a scene's station has: from everything to a single thermocouple. */

import * as part from "../instruments.ts";
import { gasPace_s, paceDraws } from "../params/scenes.ts";
import { partParams } from "../params/sensors.ts";
import type { Random } from "../random.ts";
import { type Bench, cellOf } from "./bench.ts";

export const layouts = ["full", "thermocouple", "thermocouple-chamber", "gas", "electrical"] as const;
export type Layout = (typeof layouts)[number];

/** Shares engineering choices: most stations of this agent are full ones, and a detector must live with less. */
const shares: readonly Layout[] = [
  "full",
  "full",
  "full",
  "full",
  "thermocouple",
  "thermocouple-chamber",
  "thermocouple-chamber",
  "gas",
  "electrical",
  "electrical",
];

export interface LayoutWishes {
  /** Of these; without it, of all. */
  readonly layouts?: readonly Layout[];
  /** Tests of weeks are read slowly. */
  readonly pace?: keyof typeof paceDraws;
  /** Gas is drawn out to sensors that an oven would destroy. */
  readonly drawnOut?: boolean;
  /** Whether a current flows that a cycler would report. */
  readonly cycler?: boolean;
  /** Whether a heater heats the first cell, whose supply reports its power. */
  readonly heater?: boolean;
}

export const drawLayout = (random: Random, wishes: LayoutWishes): Layout => {
  const wanted = wishes.layouts ?? layouts;
  return random.choice(shares.filter((layout) => wanted.includes(layout)));
};

/** Paces in s of one station. */
interface Paces {
  readonly fast: number;
  readonly gas: number;
}

export function drawInstruments(bench: Bench, layout: Layout, wishes: LayoutWishes, random: Random): part.Instrument[] {
  const fast = random.choice(paceDraws[wishes.pace ?? "fast"]);
  const paces = { fast, gas: Math.max(fast, random.choice(gasPace_s)) };
  const pack = (name: string) => ({ id: `P1.${name}`, every_s: paces.gas });
  const cells = bench.ids.flatMap((id, cell) => ofCell(id, cell, bench, layout, wishes, paces, random.branch(id)));
  const air = layout === "thermocouple" || layout === "gas" ? [] : [part.chamberTemperature(pack("chamber"), random.branch("chamber"))];
  const [first, ...others] = [...cells, ...air, ...(layout === "full" || layout === "gas" ? gases(bench, paces, wishes, random.branch("gas")) : [])];
  if (first === undefined) throw new RangeError(`layout ${layout} has no channel`);
  // the run is not left without its first thermocouple, or where there is none its CO2
  return [{ ...first, channel: { ...first.channel, essential: true } }, ...others];
}

function ofCell(id: string, cell: number, bench: Bench, layout: Layout, wishes: LayoutWishes, { fast }: Paces, random: Random): part.Instrument[] {
  if (layout === "gas") return [];
  const site = (name: string) => ({ id: `${id}.${name}`, cell, every_s: fast });
  const made = [part.thermocouple(site("surface"), "surface", random)];
  if (layout === "full") {
    if (random.chance(0.5)) made.push(part.thermocouple(site("surface2"), "surface", random));
    made.push(part.thermocouple(site("tab"), "tab", random));
    made.push(cellOf(bench).pouch.jig !== undefined ? part.force(site("force"), random) : part.thickness(site("thickness"), random));
  }
  if (layout === "full" || layout === "electrical") {
    made.push(part.voltage(site("voltage"), random));
    if (wishes.cycler === true) made.push(part.current(site("current"), cellOf(bench).capacity_Ah));
    if (wishes.heater === true && cell === 0) made.push(part.power(site("power")));
  }
  return made;
}

function gases(bench: Bench, { gas }: Paces, wishes: LayoutWishes, random: Random): part.Instrument[] {
  // a sealed chamber is pumped in a circle
  const drawn = wishes.drawnOut === true || (!bench.setup.chamber.sealed && random.chance(0.5)) ? { delay_s: random.uniform(...partParams.sampleLine_s) } : {};
  const at = (name: string) => ({ id: `P1.${name}`, every_s: gas, ...drawn });
  const inChamber = (name: string) => ({ id: `P1.${name}`, every_s: gas });
  const made = [part.carbonDioxide(at("co2"), random.branch("co2")), part.hydrogen(at("h2"), random.branch("h2"))];
  if (random.chance(0.4)) made.push(part.fluoride(at("hf"), random.branch("hf")));
  if (random.chance(0.4)) made.push(part.vocSignal(at("voc"), random.branch("voc")));
  if (random.chance(0.2)) made.push(part.photoIonisation(at("pid"), random.branch("pid")));
  if (random.chance(0.4)) made.push(part.carbonMonoxide(at("co"), random.branch("co")));
  if (random.chance(0.2)) made.push(part.apparentCarbonDioxide(at("conductivity"), random.branch("conductivity")));
  made.push(part.pressure(inChamber("pressure"), bench.setup.chamber.sealed ? "loop" : "barometer", random.branch("pressure")));
  if (random.chance(0.5)) made.push(part.humidity(inChamber("humidity"), random.branch("humidity")));
  return made;
}
