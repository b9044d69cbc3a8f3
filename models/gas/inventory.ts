/**
 * How much of each measured gas has been made in a gas space since the start: a filter for each channel that tells a share of a gas, in the volume and with the
 * ventilation of the station file. Without them amounts cannot be known, and none is given.
 *
 * In a space that is not sealed, carbon dioxide alone is the room's: people and a leaky door give the same. It counts only with another gas.
 */
import type { Uncertain } from "../../edge-agent/core/judgement.ts";
import type { Sample } from "../../edge-agent/core/sample.ts";
import { variance } from "../kalman.ts";
import { own } from "../keyed.ts";
import { inventoryParams as p, pressureParams, type SpeciesParams, speciesParams } from "../params/gas.ts";
import { type AirState, degCOf, grownByPressure, molesOf } from "./air.ts";
import type { GasSpace, Known, Species } from "./gas-space.ts";
import { G, M, predict, type Space, type SpeciesFilter, startFilter, update } from "./species-filter.ts";

/** By channel. */
export type InventoryState = Record<string, Memory>;

interface Memory {
  filter: SpeciesFilter | null;
  /** It has been at the end of its range, so that some of the gas went unseen. */
  censored: boolean;
}

export interface Amount {
  readonly species: Species;
  readonly made_mmol: Required<Uncertain>;
  readonly rate_mmol_per_h: Required<Uncertain>;
  /** The sensor has been at the end of its range: at least so much. */
  readonly atLeast: boolean;
  /** Of the room, as far as anybody can tell: it counts not. */
  readonly room: boolean;
}

export interface GasKnown {
  /** Without `u` where a sensor has been at the end of its range: at least so much. */
  readonly made?: Uncertain;
  readonly reasons: readonly string[];
}

/** A usable reading of an amount channel. */
export function seeGas(state: InventoryState, space: GasSpace, air: AirState, { channel, at_s, bound }: Sample, ppm: number): void {
  const about = space.amounts.find((one) => one.channel.id === channel);
  if (about === undefined || space.known === undefined || bound === -1) return;
  const params = speciesParams[about.species];
  const memory = own(state, channel, (): Memory => ({ filter: null, censored: false }));
  memory.censored ||= bound === 1;
  const { filter } = memory;
  if (filter === null) {
    if (bound === 0) memory.filter = startFilter(at_s, ppm, params);
    return;
  }
  const dt_s = at_s - filter.at_s;
  if (dt_s <= 0) return;
  const meets = spaceOf(space, space.known, params, about.channel.t90_s, molesOf(air, space, space.known.volume_L, at_s));
  predict(filter, at_s, meets, params);
  update(filter, ppm, params.noise_ppm2_s / Math.min(Math.max(dt_s, p.least_s), p.memory_s), dt_s, meets, bound === 1);
}

/** A sensor reaches 90 % of a step after ln 10 of its time constants. */
const T90_PER_TAU = Math.log(10);

const spaceOf = ({ sealed }: GasSpace, { ventilation_per_h }: Known, params: SpeciesParams, t90_s: number | undefined, n_mol: number): Space => ({
  lost_per_s: ventilation_per_h / 3600 + params.sticks_per_s,
  tau_s: (t90_s ?? params.t90_s) / T90_PER_TAU,
  n_mol,
  wander_ppm: sealed ? params.zeroWander_ppm : params.roomWander_ppm,
});

/** Of the channels that are not lost; the surest of those that tell the same gas. */
export function amountsOf(state: InventoryState, space: GasSpace, air: AirState, alive: readonly string[], gasElsewhere: boolean): Amount[] {
  const { known } = space;
  if (known === undefined) return [];
  const told = space.amounts.flatMap(({ channel, species }): Amount[] => {
    const memory = Object.hasOwn(state, channel.id) ? state[channel.id] : undefined;
    return memory?.filter == null || !alive.includes(channel.id) ? [] : [amountOf(species, memory.filter, memory.censored, space, known, air)];
  });
  const surest = told.filter((one) => told.every((other) => other === one || other.species !== one.species || other.made_mmol.u > one.made_mmol.u));
  const others = gasElsewhere || surest.some(({ species, made_mmol }) => species !== "co2" && isSure(made_mmol));
  return space.sealed || others ? surest : surest.map((one) => (one.species === "co2" ? { ...one, room: true } : one));
}

const isSure = ({ value, u }: Required<Uncertain>): boolean => value > p.sure_sigma * u;

function amountOf(species: Species, filter: SpeciesFilter, atLeast: boolean, space: GasSpace, known: Known, air: AirState): Amount {
  const { slope_share, sticks_per_s } = speciesParams[species];
  const airUnknown = degCOf(air, space, filter.at_s) === undefined ? p.airUnknown_share : 0;
  const share = Math.hypot(slope_share, p.volume_share, airUnknown);
  const lossDoubt_per_s = (p.ventilation_share * known.ventilation_per_h + (known.leakKnown ? 0 : p.leak_per_h)) / 3600 + p.wallDoubt_share * sticks_per_s;
  const made = Math.max(0, filter.x[M] ?? 0);
  const per_h = (filter.x[G] ?? 0) * molesOf(air, space, known.volume_L, filter.at_s) * 3.6;
  const perSd_h = Math.sqrt(variance(filter, G)) * molesOf(air, space, known.volume_L, filter.at_s) * 3.6;
  return {
    species,
    made_mmol: { value: made, u: Math.hypot(Math.sqrt(variance(filter, M)), share * made, lossDoubt_per_s * filter.held_mmol_s) },
    rate_mmol_per_h: { value: per_h, u: Math.hypot(perSd_h, share * per_h) },
    atLeast,
    room: false,
  };
}

const words: Readonly<Record<Species, string>> = { co2: "CO2", h2: "H2", co: "CO", hf: "HF", voc: "VOC" };
const short = (value: number): string => (value === 0 ? "0" : Math.abs(value) < 0.001 ? value.toExponential(1) : `${Number(value.toPrecision(2))}`);
const give = ({ value, u }: Required<Uncertain>): string => `${short(value)} ± ${short(u)}`;
const add = (all: readonly Required<Uncertain>[]): Required<Uncertain> =>
  all.reduce((sum, { value, u }) => ({ value: sum.value + value, u: Math.hypot(sum.u, u) }), { value: 0, u: 0 });

/** The sum over the measured gases, and sentences. Errors of volume and air are common to all: their uncertainties add. */
export function gasKnown(space: GasSpace, air: AirState, amounts: readonly Amount[], at_s: number): GasKnown {
  if (space.amounts.length === 0) return { reasons: [] };
  if (space.missing !== undefined) return { reasons: [`amounts of gas in ${space.pack} cannot be known: ${space.missing} is not in the station file`] };
  const counted = amounts.filter(({ room }) => !room);
  const room = amounts.filter((one) => one.room && isSure(one.made_mmol));
  const alone = room.map(
    ({ made_mmol }) =>
      `only CO2 rises in ${space.pack}, ${give(made_mmol)} mmol if it were made here: people or a leaky door give the same, and it is not counted`,
  );
  if (counted.length === 0) return { reasons: alone };
  const made = counted.reduce((sum, { made_mmol }) => ({ value: sum.value + made_mmol.value, u: sum.u + made_mmol.u }), { value: 0, u: 0 });
  const each = counted.map(({ species, made_mmol, atLeast }) => `${words[species]} ${atLeast ? "at least " : ""}${give(made_mmol)}`).join(", ");
  const rate = add(counted.map(({ rate_mmol_per_h }) => rate_mmol_per_h));
  return {
    made: counted.some(({ atLeast }) => atLeast) ? { value: made.value } : made,
    reasons: [`made in ${space.pack} since the start, in mmol: ${each}; now ${give(rate)} mmol/h`, ...pressureSentence(space, air, made, at_s), ...alone],
  };
}

/** The vent state: what pressure sees against what sensors see. */
function pressureSentence(space: GasSpace, air: AirState, made: Required<Uncertain>, at_s: number): string[] {
  const grown = grownByPressure(air, space, at_s);
  if (grown?.u === undefined || grown.value < p.sure_sigma * grown.u) return [];
  const seen = `pressure shows ${short(grown.value)} ± ${short(grown.u)} mmol more gas than at the start, sensors ${short(made.value)}`;
  const share = (made.value + p.sure_sigma * made.u) / grown.value;
  return [share < pressureParams.agree_share ? `${seen}: the rest is still in a pouch, or a gas that no sensor here sees` : `${seen}: it is out of the cell`];
}
