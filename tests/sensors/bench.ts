/** One chip of the catalogue on a simulated bus, read at its beat on a virtual clock. */

import { guard } from "../../edge-agent/bus/deadline.ts";
import type { BusPlan, SensorPlan } from "../../edge-agent/bus/messages.ts";
import { type BusFault, type SimulatedChip, simulatedI2c } from "../../edge-agent/bus/simulated-bus.ts";
import { type SimulatedOneWireChip, simulatedOneWire } from "../../edge-agent/bus/simulated-one-wire.ts";
import { type SimulatedSpiChip, simulatedSpi } from "../../edge-agent/bus/simulated-spi.ts";
import type { Address, WireKind, Wires } from "../../edge-agent/bus/wire.ts";
import { Fault } from "../../edge-agent/core/faults.ts";
import type { Reading } from "../../edge-agent/core/sample.ts";
import { catalogue } from "../../edge-agent/sensors/catalogue.ts";
import type { AnyDriver, OptionRules, Options } from "../../edge-agent/sensors/driver.ts";
import { asFitted } from "../../edge-agent/sensors/options.ts";
import { keepRounds } from "../../edge-agent/sensors/rounds.ts";
import { simulatedChips, simulatedWire } from "../../edge-agent/sensors/simulated.ts";
import { wires } from "../../edge-agent/sensors/wires.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

export const DEADLINE_s = 0.25;
/** Where a transfer is a conversion. */
const slow_s: Readonly<Partial<Record<WireKind, number>>> = { "one-wire": 1.5 };

export function entryOf(driver: string): AnyDriver {
  const entry = catalogue[driver];
  if (entry === undefined) throw new Error(`no driver ${driver}`);
  return entry;
}

/** What a station file must say of these chips. */
const stated: Readonly<Record<string, Options>> = {
  hsc: { range: "030PA", transfer: "A" },
  mprls: { range: "0025PA", transfer: "A" },
  abp2: { range: "030PA" },
  multigas: { gas: "h2" },
  multigas_uart: { gas: "h2" },
  max31865: { wires: 4, reference: 430 },
};

/** Keys of scaled outputs, by driver and output. */
const keysOf: Readonly<Record<string, Options>> = {
  ...Object.fromEntries([0, 1, 2, 3].map((input) => [`ads1115 loop${input}`, { at_4mA: 0, at_20mA: 1000 }])),
  ...Object.fromEntries([0, 1, 2, 3].map((input) => [`ads1115 ratio${input}`, { at_low: 0, at_high: 1000, supply: input < 3 ? "ain3" : "chip" }])),
  ...Object.fromEntries([0, 1, 2, 3].map((input) => [`ads1115 linear${input}`, { at_0V: 0, at_10V: 1000 }])),
  ...Object.fromEntries(["", "_max", "_burst"].map((what) => [`ads1115-burst loop${what}`, { at_4mA: 0, at_20mA: 1000 }])),
  ...Object.fromEntries(["", "_max", "_burst"].map((what) => [`ads1115-burst ratio${what}`, { at_low: 0, at_high: 1000 }])),
  ...Object.fromEntries(["", "_max", "_burst"].map((what) => [`ads1115-burst linear${what}`, { at_0V: 0, at_10V: 1000 }])),
  "midas concentration": { gas: "hf", cartridge: 0x2107 },
  "modbus register": { register: 10, type: "float32", order: "low-word-first", unit: [1, 0, "degC"] },
  "nau7802 signal": { full_scale: 500, sensitivity_mV_per_V: 2 },
};

/** An address of each wire, for drivers that take any. */
const anyAddress: Readonly<Record<WireKind, Address>> = { i2c: 0x10, modbus: 1, uart: "", spi: 0, "one-wire": "28-0123456789ab" };

const defaultsOf = (rules: OptionRules): Options =>
  Object.fromEntries(Object.entries(rules).flatMap(([key, rule]) => (rule.default === undefined ? [] : [[key, rule.default]])));

/** A chip at its first address with one channel for every output. */
export function planOf(driver: string, period_s = 1, options: Options = {}): SensorPlan {
  const chosen = { ...stated[driver], ...options };
  const entry = asFitted(entryOf(driver), chosen);
  const channels = Object.entries(entry.outputs).map(([output, rule], channel) => ({
    channel,
    output,
    name: typeof rule === "object" && rule.many === true ? `${output} ${channel}` : output,
    keys: typeof rule === "object" ? { ...defaultsOf(rule.keys), ...keysOf[`${driver} ${output}`] } : {},
  }));
  return { driver, address: entry.addresses?.[0] ?? anyAddress[entry.bus], options: { ...defaultsOf(entry.options), ...chosen }, period_s, channels };
}

export function chipOf(plan: SensorPlan, clock: VirtualClock): SimulatedChip {
  const chip = simulatedChips[plan.driver]?.(clock, 7, plan.options, plan.channels);
  if (chip === undefined) throw new Error(`no simulated ${plan.driver}`);
  return chip;
}

export interface Bench<Kind extends WireKind = "i2c"> {
  readonly clock: VirtualClock;
  readonly bus: Wires[Kind];
  readonly readings: Reading[];
  readonly overdue: { readonly at_s: number; readonly what: string }[];
  hangs(): number;
  /** What the rounds ended with, if they ended. */
  failure(): unknown;
}

/** Starts the rounds on an I2C bus; `chip` stands in for the catalogue's simulated one, `disturbed` between the chip and the driver. */
export function bench(
  plan: SensorPlan,
  faults: readonly Omit<BusFault, "address">[] = [],
  chip?: (clock: VirtualClock) => SimulatedChip,
  disturbed: (bus: Wires["i2c"]) => Wires["i2c"] = (bus) => bus,
): Bench {
  return started("i2c", plan, (clock, hang) => {
    const chips = new Map([[plan.address, chip?.(clock) ?? chipOf(plan, clock)]]);
    const here = faults.map((fault) => ({ ...fault, address: plan.address }));
    return disturbed(simulatedI2c(chips, here, clock, hang));
  });
}

/** As `bench`, on an SPI bus. */
export function spiBench(
  plan: SensorPlan,
  faults: readonly Omit<BusFault, "address">[],
  chip: (clock: VirtualClock) => SimulatedSpiChip,
  disturbed: (bus: Wires["spi"]) => Wires["spi"] = (bus) => bus,
): Bench<"spi"> {
  const here = faults.map((fault) => ({ ...fault, address: plan.address }));
  return started("spi", plan, (clock, hang) => disturbed(simulatedSpi(new Map([[plan.address, chip(clock)]]), here, clock, hang)));
}

/** As `bench`, on 1-Wire. */
export function oneWireBench(
  plan: SensorPlan,
  faults: readonly Omit<BusFault, "address">[],
  chip: (clock: VirtualClock) => SimulatedOneWireChip,
  disturbed: (bus: Wires["one-wire"]) => Wires["one-wire"] = (bus) => bus,
): Bench<"one-wire"> {
  const here = faults.map((fault) => ({ ...fault, address: plan.address }));
  return started("one-wire", plan, (clock, hang) => disturbed(simulatedOneWire(new Map([[plan.address, chip(clock)]]), here, clock, hang)));
}

/** Starts the rounds of any driver on its own kind of wire, with the catalogue's simulated chip. */
export function wireBench(plan: SensorPlan, faults: readonly Omit<BusFault, "address">[] = []): Bench<WireKind> {
  const kind = entryOf(plan.driver).bus;
  const here = faults.map((fault) => ({ ...fault, address: plan.address }));
  const bus = { bus: "bus-1", wire: { kind } as BusPlan["wire"], deadline_s: DEADLINE_s, simulated: true, faults: here, sensors: [plan] };
  return started(kind, plan, (clock, hang) => simulatedWire(kind, bus, clock, hang));
}

/** Starts the rounds of a chip on a wire that `open` makes. */
export function started<Kind extends WireKind>(kind: Kind, plan: SensorPlan, open: (clock: VirtualClock, hang: () => never) => Wires[Kind]): Bench<Kind> {
  const clock = new VirtualClock();
  const readings: Reading[] = [];
  const overdue: { at_s: number; what: string }[] = [];
  let hangs = 0;
  let failure: unknown;
  const hang = (): never => {
    hangs++;
    throw new Fault("bus/unavailable", "the thread is gone");
  };
  const bus = wires[kind].guarded(
    open(clock, hang),
    guard(slow_s[kind] ?? DEADLINE_s, clock, (what) => overdue.push({ at_s: clock.monotonic_s(), what })),
  );
  const context = { bus, clock, busName: "bus-1", emit: (more: readonly Reading[]) => void readings.push(...more) };
  keepRounds(entryOf(plan.driver), plan, context, new AbortController().signal).catch((error) => {
    failure = error;
  });
  return { clock, bus, readings, overdue, hangs: () => hangs, failure: () => failure };
}
