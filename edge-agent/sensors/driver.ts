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
  /** Where it is another than the reading's. */
  readonly at_s?: number;
}

export interface Sampled {
  /** Monotonic seconds at which the chip gave the values. */
  readonly at_s: number;
  /** Any number of values, in time order, where the output is an eventful one. */
  readonly outputs: Readonly<Record<string, Measured | readonly Measured[]>>;
  /** A chip that free-runs at its fastest says when its next result is due, so that the beat follows the chip's clock and not ours. */
  readonly next_in_s?: number;
}

/** An opened chip: identity checked, settings written and read back. */
export interface Sensor {
  /** How long after opening the first result is there. */
  readonly first_in_s: number;
  /** Throws a `Fault`; `sensor/lost-config` asks to be opened again at once. `beat_s`: the time between two reads. */
  read(beat_s: number): Promise<Sampled>;
  /** What eventful outputs still hold when a read has failed; all of it is older than the failure. */
  left?(): Sampled["outputs"];
}

/** Where a chip is reached. */
export interface Link<Kind extends WireKind = "i2c"> {
  readonly bus: Wires[Kind];
  readonly address: Kind extends "i2c" | "spi" | "modbus" ? number : Address;
  readonly clock: Clock;
}

export type Atmosphere = "air" | "argon" | "nitrogen";

/** In the unit `to`, a canonical one: written × factor + offset. */
export type Conversion = readonly [factor: number, offset: number, to: string];
export type OptionValue = string | number | boolean | Conversion;
export type Options = Readonly<Record<string, OptionValue>>;

/**
 * A key of a station file: one of a few, a number, or a unit. A number with a unit is written with that unit, and reaches the driver as a bare one.
 * `optional`: the driver can do without.
 */
export type OptionRule = Choice | Range | UnitRule;
export interface Choice {
  readonly choices: readonly OptionValue[];
  readonly default?: OptionValue;
  readonly optional?: true;
}
/** Any unit of the channel's quantity; reaches the driver as its conversion to the canonical one. */
export interface UnitRule {
  readonly unitOf: "the quantity";
  readonly default?: never;
  readonly optional?: never;
}
export interface Range {
  readonly from: number;
  readonly to: number;
  readonly whole?: true;
  /** `of the quantity`: any unit of the channel's quantity, given to the driver in the canonical one. */
  readonly unit?: string;
  readonly default?: number;
  readonly optional?: true;
}
export type OptionRules = Readonly<Record<string, OptionRule>>;
export const OF_THE_QUANTITY = "of the quantity";

/**
 * An output that stands for whatever the channel says, by further keys of that channel. `many`: any number of channels may take one each.
 * `eventful`: silent but for events, and once after each opening or failure, to say that it is there.
 */
export interface ScaledOutput {
  readonly keys: OptionRules;
  readonly many?: true;
  readonly eventful?: true;
  /** What is wrong with keys of which each is fine alone: the key, and what to write. */
  problem?(keys: Options, quantity: QuantityName): { readonly key: string; readonly problem: string } | undefined;
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
  /** The option whose choices are outputs, where a chip has but the chosen one of them. */
  readonly fitted?: string;
  /** Keys that a station file may add to `source`, or must where there is no default. */
  readonly options: OptionRules;
  /** The maker's operating range of the part itself. */
  readonly operating_degC?: readonly [number, number];
  /** The carrier gases in which its readings mean what they say; left out where any will do. Elsewhere they are `uncertain`. */
  readonly atmospheres?: readonly Atmosphere[];
  /** How long the part may hold the clock low; left out where it never does. */
  readonly stretches_s?: number;
  /** From power-up to the first result at the longest, where that is more than a moment: until then its silence is no news. */
  readonly opens_in_s?: number;
  /** The chip has no new result sooner than this; a channel that asks for more gets this beat. */
  readonly fastest_s: number;
  /**
   * Rejects with a `Fault` unless this part answers: asks and changes nothing, so that a bus can be searched while nobody reads it. Left out
   * where a part cannot say who it is.
   */
  identify?(link: Link<Kind>): Promise<void>;
  /** Where a reading takes longer the more of them it gives: the beat that these outputs can keep. */
  fastestWith_s?(outputs: readonly string[]): number;
  /** A read lasts for a whole beat, and the next one follows at once. */
  readonly keepsBeat?: true;
  /** Throws a `Fault` when another part answers or a setting does not read back. `options` hold every key of the entry. */
  open(link: Link<Kind>, options: Options, taken: readonly Taken[]): Promise<Sensor>;
}

/** A driver on any wire: whoever opens it hands it the wire that it names. */
export type AnyDriver = DriverEntry<WireKind>;
