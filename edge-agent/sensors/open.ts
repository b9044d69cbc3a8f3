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

/** Channels of one address share one chip, read at the smallest of their periods, with the options that any of them states. */
function sensorsOn(station: Station, bus: string): SensorPlan[] {
  const byAddress = new Map<number, SensorPlan>();
  for (const [channel, { id, quantity, source, every_s }] of station.channels.entries()) {
    if (!("address" in source) || source.bus !== bus) continue;
    const wrong = (what: string) => new Fault("config/invalid", `channel ${id}: ${what}`);
    const driver = catalogue[source.driver];
    if (driver === undefined) throw wrong(`no driver "${source.driver}"; there are ${listed(Object.keys(catalogue))}`);
    const output = outputFor(driver, quantity, source.output);
    if (output === undefined) throw wrong(`${source.driver} gives ${listed(Object.keys(driver.outputs))}, no ${source.output ?? quantity}`);
    const before = byAddress.get(source.address);
    if (before !== undefined && before.driver !== source.driver) throw wrong(`${hex(source.address)} on ${bus} is both ${before.driver} and ${source.driver}`);
    byAddress.set(source.address, {
      driver: source.driver,
      address: source.address,
      options: merged(before?.options ?? {}, stated(driver, source, wrong), wrong),
      period_s: Math.min(before?.period_s ?? every_s, every_s),
      channels: [...(before?.channels ?? []), { channel, output }],
    });
  }
  return [...byAddress.values()].map((sensor) => ({ ...sensor, options: completed(sensor, `${hex(sensor.address)} on ${bus}`) }));
}

type Options = SensorPlan["options"];
type Wrong = (what: string) => Fault;

function completed({ driver, options }: SensorPlan, where: string): Options {
  return Object.fromEntries(
    Object.entries(catalogue[driver]?.options ?? {}).map(([key, option]) => {
      const value = options[key] ?? option.default;
      if (value === undefined) throw new Fault("config/invalid", `${driver} at ${where} needs ${key}: write one of ${listed(option.choices.map(String))}`);
      return [key, value];
    }),
  );
}

function stated({ options }: DriverEntry, source: Readonly<Record<string, unknown>>, wrong: Wrong): Options {
  const given = Object.entries(options).filter(([key]) => source[key] !== undefined);
  return Object.fromEntries(
    given.map(([key, { choices }]) => {
      const chosen = choices.find((choice) => choice === source[key]);
      if (chosen === undefined) throw wrong(`${key} is ${JSON.stringify(source[key])}; write one of ${listed(choices.map(String))}`);
      return [key, chosen];
    }),
  );
}

/** A chip has one setting: two channels that want different ones cannot both be right. */
function merged(before: Options, now: Options, wrong: Wrong): Options {
  const clash = Object.keys(now).find((key) => before[key] !== undefined && before[key] !== now[key]);
  if (clash !== undefined) throw wrong(`${clash} is ${now[clash]}, but another channel of the same chip says ${before[clash]}`);
  return { ...before, ...now };
}
