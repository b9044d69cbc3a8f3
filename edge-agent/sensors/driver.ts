/** What a driver is: how it is described to the station file, and how a chip is opened and read. */
import type { Address, WireKind, Wires } from "../bus/wire.ts";
import type { Clock } from "../core/clock.ts";
import type { QuantityName } from "../core/quantities.ts";
import type { Reason } from "../core/reasons.ts";
import type { Bound } from "../core/sample.ts";

/** One output of one read, in the canonical unit of its quantity: a number, a reason why there is none, or a number with a doubt. */
export interface Measured {
  readonly raw?: number;
  readonly bound?: Bound;
  readonly reason?: Reason;
  readonly detail?: string;
}

export interface Sampled {
  /** Monotonic seconds at which the chip gave the values. */
  readonly at_s: number;
  readonly outputs: Readonly<Record<string, Measured>>;
  /** A chip that free-runs at its fastest says when its next result is due, so that the beat follows the chip's clock and not ours. */
  readonly next_in_s?: number;
}

/** An opened chip: identity checked, settings written and read back. */
export interface Sensor {
  /** How long after opening the first result is there. */
  readonly first_in_s: number;
  /** Throws a `Fault`; `sensor/lost-config` asks to be opened again at once. */
  read(): Promise<Sampled>;
}

/** Where a chip is reached. */
export interface Link<Kind extends WireKind = "i2c"> {
  readonly bus: Wires[Kind];
  readonly address: Kind extends "i2c" | "spi" ? number : Address;
  readonly clock: Clock;
}

export type OptionValue = string | number | boolean;
export type Options = Readonly<Record<string, OptionValue>>;

/** A key of a station file: one of a few, or a number. With a unit it is written with that unit, and reaches the driver as a bare number. */
export type OptionRule = Choice | Range;
export interface Choice {
  readonly choices: readonly OptionValue[];
  readonly default?: OptionValue;
}
export interface Range {
  readonly from: number;
  readonly to: number;
  readonly whole?: true;
  /** `of the quantity`: any unit of the channel's quantity, given to the driver in the canonical one. */
  readonly unit?: string;
  readonly default?: number;
}
export type OptionRules = Readonly<Record<string, OptionRule>>;
export const OF_THE_QUANTITY = "of the quantity";

/** An output that stands for whatever the channel says, by further keys of that channel. `many`: any number of channels may take one each. */
export interface ScaledOutput {
  readonly keys: OptionRules;
  readonly many?: true;
}

/** What a channel takes from a chip: the name under which `read` gives it, and the channel's own keys where the output is a scaled one. */
export interface Taken {
  readonly name: string;
  readonly output: string;
  readonly keys: Options;
}

export interface DriverEntry<Kind extends WireKind = "i2c"> {
  readonly driver: string;
  readonly title: string;
  readonly bus: Kind;
  /** Those that the part can be strapped to; left out where any address of the wire will do. */
  readonly addresses?: readonly Address[];
  /** By name; `source.output` defaults to the first whose quantity is the channel's, or else to the first scaled one. */
  readonly outputs: Readonly<Record<string, QuantityName | ScaledOutput>>;
  /** Keys that a station file may add to `source`, or must where there is no default. */
  readonly options: OptionRules;
  /** The maker's operating range of the part itself. */
  readonly operating_degC?: readonly [number, number];
  /** The chip has no new result sooner than this; a channel that asks for more gets this beat. */
  readonly fastest_s: number;
  /** Throws a `Fault` when another part answers or a setting does not read back. `options` hold every key of the entry. */
  open(link: Link<Kind>, options: Options, taken: readonly Taken[]): Promise<Sensor>;
}

/** A driver on any wire: whoever opens it hands it the wire that it names. */
export type AnyDriver = DriverEntry<WireKind>;
