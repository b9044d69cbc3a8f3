/** What a driver is: how it is described to the station file, and how a chip is opened and read. */
import type { I2cBus } from "../bus/i2c.ts";
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
export interface Link {
  readonly bus: I2cBus;
  readonly address: number;
  readonly clock: Clock;
}

export type OptionValue = string | number | boolean;
export type Options = Readonly<Record<string, OptionValue>>;

export interface DriverEntry {
  readonly driver: string;
  readonly title: string;
  readonly bus: "i2c";
  readonly addresses: readonly number[];
  /** By name; `source.output` defaults to the first whose quantity is the channel's. */
  readonly outputs: Readonly<Record<string, QuantityName>>;
  /** Keys that a station file may add to `source`, or must where there is no default. */
  readonly options: Readonly<Record<string, { readonly choices: readonly OptionValue[]; readonly default?: OptionValue }>>;
  /** The maker's operating range of the part itself. */
  readonly operating_degC?: readonly [number, number];
  /** The chip has no new result sooner than this; a channel that asks for more gets this beat. */
  readonly fastest_s: number;
  /** Throws a `Fault` when another part answers or a setting does not read back. `options` hold every key of the entry. */
  open(link: Link, options: Options): Promise<Sensor>;
}
