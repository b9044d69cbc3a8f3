/**
 * A seal that opened: witnesses that speak within minutes of each other, in a place that is hot enough for it.
 *
 * A vent is told by (1) fast rises in two kinds of gas channel, or in one and of the pressure, where a cell or its air is above 65 °C and no open door cools
 * that air; (2) swelling that goes at once, on a cell above 60 °C or with a gas that rises.
 * A single gas is a calibration or a cleaning; several at a cool cell are a bottle of mixed gas.
 *
 * On Gaussian noise each channel rises falsely once a week, two of four within five minutes once in three years, and only a hot cell counts.
 * A vent is a warning: alone it has no runaway. A seal does not close: once told, it stands until the end of the run.
 */
import type { Channel, Station } from "../../edge-agent/contracts/station.ts";
import type { Finding } from "../../edge-agent/core/judgement.ts";
import { type GasSpecies, quantityOf } from "../../edge-agent/core/quantities.ts";
import type { Sample } from "../../edge-agent/core/sample.ts";
import { own } from "../keyed.ts";
import { ventParams as p, riseFloors, riseParams } from "../params/gas.ts";
import { patience_s } from "../patience.ts";
import { cellOf, cellScope } from "../station-map.ts";
import { type AirState, degCOf, isOpened, kPaOf } from "./air.ts";
import { type CollapseState, seeSwelling, startCollapse } from "./collapse.ts";
import type { GasSpace } from "./gas-space.ts";
import { type RiseKind, type RiseState, riseKind, seeRise, startRise } from "./rise.ts";

export interface VentState {
  /** By channel: gases, and the pressure. */
  rises: Record<string, RiseState>;
  swelling: Record<string, CollapseState>;
  /** Latest temperature, by thermometer on a cell. */
  cells: Record<string, { at_s: number; degC: number }>;
  /** Of the space at its start. */
  first_kPa: number | null;
  first_pct: number | null;
  humidity: { at_s: number; pct: number } | null;
  /** By scope: why, once told. */
  told: Record<string, readonly string[]>;
}

export const startVent = (): VentState => ({ rises: {}, swelling: {}, cells: {}, first_kPa: null, first_pct: null, humidity: null, told: {} });

/** Gases that one bottle, cloth or sensor gives together. H2 and CO sensors feel each other's gas. */
type Kind = "co2" | "burns" | "hf" | "vapour";
const kindOf: Readonly<Record<Exclude<GasSpecies, "o2">, Kind>> = { co2: "co2", h2: "burns", co: "burns", hf: "hf", voc: "vapour" };

export interface VentWatch {
  readonly space: GasSpace;
  readonly kinds: ReadonlyMap<string, { readonly channel: Channel; readonly kind: Kind | "pressure"; readonly rise: RiseKind }>;
  readonly calm: readonly Finding[];
}

export function ventWatch(station: Station, space: GasSpace): VentWatch {
  const { pack, cells, gases, pressure, swelling } = space;
  const kinds = new Map<string, { channel: Channel; kind: Kind | "pressure"; rise: RiseKind }>();
  for (const channel of gases) {
    const species = quantityOf(channel.quantity).gas ?? channel.gas;
    if (species !== undefined && species !== "o2") kinds.set(channel.id, { channel, kind: kindOf[species], rise: kindFor(channel) });
  }
  if (pressure !== undefined) kinds.set(pressure.id, { channel: pressure, kind: "pressure", rise: kindFor(pressure) });
  const [only] = cells;
  const scopes = [
    cells.length === 1 && only !== undefined ? cellScope(station, only) : ({ kind: "pack", id: pack, pack } as const),
    ...(cells.length === 1 ? [] : [...new Set(swelling.flatMap((channel) => cellOf(channel) ?? []))].map((cell) => cellScope(station, cell))),
  ];
  return { space, kinds, calm: scopes.map((scope) => ({ alarm: "vent", scope, by: "seal", severity: "warning", present: false, why: [] })) };
}

const kindFor = ({ quantity, every_s }: Channel): RiseKind =>
  riseKind(riseFloors[quantity] ?? { noise: 0, rise: 0 }, quantity === "pressure" ? riseParams.fastPressure_s : riseParams.fast_s, every_s);

/** A reading of one of the watch's channels that may show a rise. */
export function seeEvidence(state: VentState, { space, kinds }: VentWatch, air: AirState, sample: Sample, value: number): void {
  const { channel, at_s, quality } = sample;
  const watched = kinds.get(channel);
  if (watched?.kind === "pressure") seePressure(state, space, air, watched.rise, sample, value);
  else if (watched !== undefined) seeRise(own(state.rises, channel, startRise), watched.rise, sample, value, quality === "good");
  const swells = space.swelling.find(({ id }) => id === channel);
  if (swells !== undefined) seeSwelling(own(state.swelling, channel, startCollapse), swells.quantity, at_s, value);
  if (channel === space.humidity?.id) {
    state.first_pct ??= value;
    state.humidity = { at_s, pct: value };
  }
  if (space.thermometers.some(({ id }) => id === channel)) state.cells[channel] = { at_s, degC: value };
}

/** In a sealed space pressure follows the temperature, and only more than that is gas. */
function seePressure(state: VentState, space: GasSpace, air: AirState, kind: RiseKind, sample: Sample, kPa: number): void {
  state.first_kPa ??= kPa;
  const rises = own(state.rises, sample.channel, startRise);
  const good = sample.quality === "good";
  const degC = degCOf(air, space, sample.at_s);
  if (!space.sealed) seeRise(rises, kind, sample, kPa, good);
  else if (degC !== undefined) seeRise(rises, { ...kind, rise: p.sealedRise_share * kPa }, sample, (kPa * 298.15) / (degC + 273.15), good);
}

/** What is found now, after all samples of one moment. */
export function ventFindings(state: VentState, watch: VentWatch, air: AirState, at_s: number): Finding[] {
  const { space, calm } = watch;
  if (isOpened(air, space, at_s)) forgetRises(state);
  const gases = rising(state, watch, at_s);
  const [first, ...others] = calm;
  for (const [channel, { gone }] of Object.entries(state.swelling)) {
    if (gone === null) continue;
    const scope = others.find((one) => one.scope.cell === cellOfSwelling(space, channel)) ?? first;
    const hot = hottest(state, space, air, at_s, scope?.scope.cell);
    if (scope === undefined || Object.hasOwn(state.told, keyOf(scope)) || at_s - gone.at_s > p.together_s) continue;
    if ((hot ?? 0) < p.hotForSwelling_degC && gases.length === 0) continue;
    state.told[keyOf(scope)] = [whyGone(space, channel, gone), ...gases.map(whyRisen), ...whyHot(hot)];
  }
  if (first !== undefined && !Object.hasOwn(state.told, keyOf(first))) {
    const hot = hottest(state, space, air, at_s, undefined);
    const why = gases.map(whyRisen);
    if (areEnough(gases) && isHot(state, space, air, at_s, hot)) state.told[keyOf(first)] = [...why, ...whyHot(hot)];
  }
  return calm.map((finding) => {
    const why = Object.hasOwn(state.told, keyOf(finding)) ? state.told[keyOf(finding)] : undefined;
    return why === undefined ? finding : { ...finding, present: true, why };
  });
}

/** A pack may have the name of one of its cells. */
const keyOf = ({ scope }: Finding): string => `${scope.kind} ${scope.id}`;

interface Risen {
  readonly channel: Channel;
  readonly kind: Kind | "pressure";
  readonly at_s: number;
  readonly from: number;
  readonly to: number;
}

/** Fast rises of the last minutes. */
function rising(state: VentState, { kinds }: VentWatch, at_s: number): Risen[] {
  return [...kinds.values()].flatMap(({ channel, kind }) => {
    const risen = Object.hasOwn(state.rises, channel.id) ? state.rises[channel.id]?.risen : undefined;
    return risen == null || at_s - risen.at_s > p.together_s ? [] : [{ channel, kind, ...risen }];
  });
}

/** What rose while the door was open, or just before its cold was felt, came with the room's air. */
function forgetRises({ rises }: VentState): void {
  for (const one of Object.values(rises)) one.risen = null;
}

const areEnough = (gases: readonly Risen[]): boolean => new Set(gases.map(({ kind }) => kind)).size >= 2;

/** The hottest living thermometer of a cell, or of all of them and their air. */
function hottest(state: VentState, space: GasSpace, air: AirState, at_s: number, cell: string | undefined): number | undefined {
  const on = space.thermometers.filter((channel) => cell === undefined || cellOf(channel) === cell);
  const degC = on.flatMap(({ id, every_s }) => {
    const last = Object.hasOwn(state.cells, id) ? state.cells[id] : undefined;
    return last !== undefined && at_s - last.at_s <= patience_s(every_s) ? [last.degC] : [];
  });
  const all = [...degC, degCOf(air, space, at_s) ?? []].flat();
  return all.length === 0 ? undefined : Math.max(...all);
}

/** By thermometers. Without any, the pressure of a sealed space is one, and so is the humidity of air that came from a cooler room. */
function isHot(state: VentState, space: GasSpace, air: AirState, at_s: number, hot: number | undefined): boolean {
  if (hot !== undefined) return hot >= p.hotForGas_degC;
  const { first_kPa, first_pct, humidity } = state;
  const kPa = kPaOf(air, space, at_s);
  if (space.sealed && first_kPa !== null && kPa !== undefined && kPa >= first_kPa * (1 + p.hotBy_share)) return true;
  const spoke = humidity !== null && at_s - humidity.at_s <= patience_s(space.humidity?.every_s ?? 0);
  return spoke && first_pct !== null && first_pct >= p.humidFrom_pct && humidity.pct <= first_pct / p.dryBy_factor;
}

const cellOfSwelling = ({ swelling }: GasSpace, id: string): string | undefined => {
  const channel = swelling.find((one) => one.id === id);
  return channel === undefined ? undefined : cellOf(channel);
};

const amount = (channel: Channel, value: number): string =>
  `${Number(value.toPrecision(channel.quantity === "pressure" ? 6 : 4))} ${quantityOf(channel.quantity).unit}`;
const whyRisen = ({ channel, from, to, at_s }: Risen): string =>
  `${channel.id} rose from ${amount(channel, from)} to ${amount(channel, to)} within minutes, last at ${at_s.toFixed(1)} s`;
const whyHot = (hot: number | undefined): string[] => (hot === undefined ? [] : [`the hottest thermometer there reads ${hot.toFixed(1)} degC`]);

function whyGone({ swelling }: GasSpace, id: string, { from, to, at_s }: NonNullable<CollapseState["gone"]>): string {
  const channel = swelling.find((one) => one.id === id);
  return channel === undefined ? id : `the swelling went at once: ${id} fell from ${amount(channel, from)} to ${amount(channel, to)} at ${at_s.toFixed(1)} s`;
}
