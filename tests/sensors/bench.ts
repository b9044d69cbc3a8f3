/** One chip of the catalogue on a simulated bus, read at its beat on a virtual clock. */

import { serialised } from "../../edge-agent/bus/deadline.ts";
import type { I2cBus } from "../../edge-agent/bus/i2c.ts";
import type { SensorPlan } from "../../edge-agent/bus/messages.ts";
import { type BusFault, type SimulatedChip, simulatedBus } from "../../edge-agent/bus/simulated-bus.ts";
import { Fault } from "../../edge-agent/core/faults.ts";
import type { Reading } from "../../edge-agent/core/sample.ts";
import { catalogue } from "../../edge-agent/sensors/catalogue.ts";
import type { DriverEntry } from "../../edge-agent/sensors/driver.ts";
import { keepRounds } from "../../edge-agent/sensors/rounds.ts";
import { simulatedChips } from "../../edge-agent/sensors/simulated.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

export const DEADLINE_s = 0.25;

export function entryOf(driver: string): DriverEntry {
  const entry = catalogue[driver];
  if (entry === undefined) throw new Error(`no driver ${driver}`);
  return entry;
}

/** What a station file must say of these chips. */
const stated: Readonly<Record<string, SensorPlan["options"]>> = {
  hsc: { range: "030PA", transfer: "A" },
  mprls: { range: "0025PA", transfer: "A" },
  abp2: { range: "030PA" },
};

export function planOf(driver: string, period_s = 1, options: SensorPlan["options"] = {}): SensorPlan {
  const entry = entryOf(driver);
  const defaults = Object.fromEntries(Object.entries(entry.options).flatMap(([key, option]) => (option.default === undefined ? [] : [[key, option.default]])));
  const channels = Object.keys(entry.outputs).map((output, channel) => ({ channel, output }));
  return { driver, address: entry.addresses[0] ?? 0, options: { ...defaults, ...stated[driver], ...options }, period_s, channels };
}

export function chipOf(plan: SensorPlan, clock: VirtualClock): SimulatedChip {
  const chip = simulatedChips[plan.driver]?.(clock, 7, plan.options);
  if (chip === undefined) throw new Error(`no simulated ${plan.driver}`);
  return chip;
}

export interface Bench {
  readonly clock: VirtualClock;
  readonly bus: I2cBus;
  readonly readings: Reading[];
  readonly overdue: { readonly at_s: number; readonly what: string }[];
  hangs(): number;
  /** What the rounds ended with, if they ended. */
  failure(): unknown;
}

/** Starts the rounds; `chip` stands in for the catalogue's simulated one, `disturbed` between the chip and the driver. */
export function bench(
  plan: SensorPlan,
  faults: readonly Omit<BusFault, "address">[] = [],
  chip?: (clock: VirtualClock) => SimulatedChip,
  disturbed: (bus: I2cBus) => I2cBus = (bus) => bus,
): Bench {
  const clock = new VirtualClock();
  const readings: Reading[] = [];
  const overdue: { at_s: number; what: string }[] = [];
  let hangs = 0;
  let failure: unknown;
  const chips = new Map([[plan.address, chip?.(clock) ?? chipOf(plan, clock)]]);
  const hang = (): never => {
    hangs++;
    throw new Fault("bus/unavailable", "the thread is gone");
  };
  const raw = simulatedBus(
    chips,
    faults.map((fault) => ({ ...fault, address: plan.address })),
    clock,
    hang,
  );
  const bus = serialised(disturbed(raw), DEADLINE_s, clock, (what) => overdue.push({ at_s: clock.monotonic_s(), what }));
  const context = { bus, clock, busName: "i2c-1", emit: (more: readonly Reading[]) => void readings.push(...more) };
  keepRounds(entryOf(plan.driver), plan, context, new AbortController().signal).catch((error) => {
    failure = error;
  });
  return { clock, bus, readings, overdue, hangs: () => hangs, failure: () => failure };
}
