/** From a station file to its buses: which chips stand on each, which channels they feed, and how often. */

import { BusProcess, START_UP_s } from "../bus/bus-process.ts";
import type { BusPlan } from "../bus/messages.ts";
import type { ScriptedFault } from "../bus/scripted-fault.ts";
import { addressing, type WireKind, type WireSettings } from "../bus/wire.ts";
import type { Bus, Channel, Station } from "../contracts/station.ts";
import type { Clock } from "../core/clock.ts";
import { Fault } from "../core/faults.ts";
import { catalogue } from "./catalogue.ts";
import { inapplicable } from "./inapplicable.ts";
import { sensorsOn } from "./plan.ts";

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

/** One source per bus that feeds a channel; nothing starts yet. Throws as `plansOf`. */
export function openBuses(station: Station, options: BusOptions): BusProcess[] {
  const { clock, origin_s } = options;
  return plansOf(station, options).map((plan) => new BusProcess({ plan, entry, clock, origin_s }));
}

/** A process starts, and its chip is opened, before there can be a reading: on a loaded machine seconds. */
export function firstReadingWithin_s({ source }: Pick<Channel, "source">): number {
  const entry = Object.hasOwn(catalogue, source.driver) ? catalogue[source.driver] : undefined;
  return START_UP_s + (entry?.opens_in_s ?? 0);
}

/** Throws Fault `config/invalid` for what `offgas check` would refuse too, and for a fault that no simulated chip can show. */
export function plansOf(station: Station, { simulated, faults, origin_s }: BusOptions): BusPlan[] {
  if (!simulated && faults.length > 0) throw new Fault("config/invalid", "faults can be shown by simulated chips only: add --simulated");
  const plans = station.buses.flatMap((bus): BusPlan[] => {
    if (!station.channels.some(({ source }) => "bus" in source && source.bus === bus.id)) return [];
    const wire = wireOf(bus);
    const sensors = sensorsOn(station, bus.id, wire.kind);
    const here = faults.filter((fault) => fault.bus === bus.id).map(({ address, fault, at_s }) => ({ address, fault, at_s: at_s + origin_s }));
    return [{ bus: bus.id, wire, deadline_s: bus.deadline_s, simulated, faults: here, sensors }];
  });
  for (const fault of faults) if (fault.fault !== "clock-step") checkFault(fault, plans);
  return plans;
}

/** How a bus is opened. */
function wireOf(bus: Bus): WireSettings[WireKind] {
  if (bus.kind === "i2c" || bus.kind === "spi") return { kind: bus.kind, device: bus.device };
  if (bus.kind === "one-wire") return { kind: bus.kind };
  if (bus.kind === "uart") return { kind: "uart", path: bus.path, baud: bus.baud };
  const { deadline_s } = bus;
  if (bus.kind === "modbus-tcp") return { kind: "modbus", line: { kind: "tcp", host: bus.host, port: bus.port }, deadline_s };
  const { path, baud, parity, stop_bits } = bus;
  return { kind: "modbus", line: { kind: "rtu", path, baud, parity, stop_bits }, deadline_s };
}

function checkFault({ bus, address, fault }: ScriptedFault, plans: readonly BusPlan[]): void {
  const plan = plans.find((each) => each.bus === bus);
  if (plan === undefined) throw new Fault("config/invalid", `no sensor stands on a bus "${bus}"; buses with sensors: ${listed(plans.map((each) => each.bus))}`);
  const { spoken } = addressing[plan.wire.kind];
  const there = plan.sensors.find((chip) => chip.address === address);
  const why = there === undefined ? undefined : inapplicable(fault, there.driver);
  if (there !== undefined && why !== undefined) throw new Fault("config/invalid", `fault ${fault} makes no sense for the ${there.driver} on ${bus}: ${why}`);
  if (there !== undefined) return;
  throw new Fault("config/invalid", `nothing stands at ${spoken(address)} on ${bus}; chips: ${listed(plan.sensors.map((chip) => spoken(chip.address)))}`);
}

const listed = (names: readonly string[]): string => (names.length === 0 ? "none" : names.join(", "));
