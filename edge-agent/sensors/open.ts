/** From a station file to its buses: which chips stand on each, which channels they feed, and how often. */

import { BusProcess } from "../bus/bus-process.ts";
import { hex } from "../bus/i2c.ts";
import type { BusPlan, SensorPlan } from "../bus/messages.ts";
import type { ScriptedFault } from "../bus/scripted-fault.ts";
import type { Station } from "../contracts/station.ts";
import type { Clock } from "../core/clock.ts";
import { Fault } from "../core/faults.ts";
import { catalogue, type DriverEntry, outputFor } from "./catalogue.ts";

const entry = new URL("./child.ts", import.meta.url);

export interface BusOptions {
  /** Simulated chips in the place of the real bus. */
  readonly simulated: boolean;
  /** Run times; only where `simulated`. */
  readonly faults: readonly ScriptedFault[];
  readonly clock: Clock;
  /** Monotonic seconds at run time 0. */
  readonly origin_s: number;
}

/** One source per I2C bus that feeds a channel; nothing starts yet. Throws as `plansOf`. */
export function openBuses(station: Station, options: BusOptions): BusProcess[] {
  const { clock, origin_s } = options;
  return plansOf(station, options).map((plan) => new BusProcess({ plan, entry, clock, origin_s }));
}

/** Throws Fault `config/invalid` for what `offgas check` would refuse too, and for a fault that no simulated chip can show. */
export function plansOf(station: Station, { simulated, faults, origin_s }: BusOptions): BusPlan[] {
  if (!simulated && faults.length > 0) throw new Fault("config/invalid", "faults can be shown by simulated chips only: add --simulated");
  const plans = station.buses.flatMap((bus): BusPlan[] => {
    const sensors = bus.kind === "i2c" ? sensorsOn(station, bus.id) : [];
    if (bus.kind !== "i2c" || sensors.length === 0) return [];
    const here = faults.filter((fault) => fault.bus === bus.id).map(({ address, fault, at_s }) => ({ address, fault, at_s: at_s + origin_s }));
    return [{ bus: bus.id, device: bus.device, deadline_s: bus.deadline_s, simulated, faults: here, sensors }];
  });
  for (const fault of faults) checkFault(fault, plans);
  return plans;
}

function checkFault({ bus, address }: ScriptedFault, plans: readonly BusPlan[]): void {
  const chips = plans.find((plan) => plan.bus === bus)?.sensors;
  if (chips === undefined)
    throw new Fault("config/invalid", `no sensor stands on a bus "${bus}"; buses with sensors: ${listed(plans.map((plan) => plan.bus))}`);
  if (chips.some((chip) => chip.address === address)) return;
  throw new Fault("config/invalid", `nothing stands at ${hex(address)} on ${bus}; chips: ${listed(chips.map((chip) => hex(chip.address)))}`);
}

const listed = (names: readonly string[]): string => (names.length === 0 ? "none" : names.join(", "));

/** Channels of one address share one chip, read at the smallest of their periods. */
function sensorsOn(station: Station, bus: string): SensorPlan[] {
  const byAddress = new Map<number, SensorPlan>();
  for (const [channel, { id, quantity, source, every_s }] of station.channels.entries()) {
    if (!("address" in source) || source.bus !== bus) continue;
    const driver = catalogue[source.driver];
    if (driver === undefined) throw new Fault("config/invalid", `channel ${id}: no driver "${source.driver}"; there are ${Object.keys(catalogue).join(", ")}`);
    const output = outputFor(driver, quantity, source.output);
    if (output === undefined)
      throw new Fault("config/invalid", `channel ${id}: ${source.driver} gives ${Object.keys(driver.outputs).join(", ")}, no ${source.output ?? quantity}`);
    const before = byAddress.get(source.address);
    if (before !== undefined && before.driver !== source.driver)
      throw new Fault("config/invalid", `channel ${id}: ${hex(source.address)} on ${bus} is both ${before.driver} and ${source.driver}`);
    byAddress.set(source.address, {
      driver: source.driver,
      address: source.address,
      options: { ...(before?.options ?? defaults(driver)), ...given(driver, source) },
      period_s: Math.min(before?.period_s ?? every_s, every_s),
      channels: [...(before?.channels ?? []), { channel, output }],
    });
  }
  return [...byAddress.values()];
}

const defaults = ({ options }: DriverEntry): SensorPlan["options"] => Object.fromEntries(Object.entries(options).map(([key, option]) => [key, option.default]));

/** The options that a channel's source states; values outside their choices are left to `offgas check`. */
function given({ options }: DriverEntry, source: Readonly<Record<string, unknown>>): SensorPlan["options"] {
  return Object.fromEntries(
    Object.entries(options).flatMap(([key, { choices }]) => {
      const chosen = choices.find((choice) => choice === source[key]);
      return chosen === undefined ? [] : [[key, chosen]];
    }),
  );
}
