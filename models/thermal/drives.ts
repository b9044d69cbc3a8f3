/** What drives a cell's temperature from outside: the latest of its chamber's temperature, of its current and of its heater. */
import type { Channel } from "../../edge-agent/contracts/station.ts";
import { sightParams } from "../params/thermal.ts";
import { patience_s } from "../patience.ts";
import { hasFrozen, type RepeatState, seeReading, startRepeats } from "./stuck.ts";

export interface Drive {
  at_s: number;
  value: number;
  /** Of a thermometer: whether it has frozen. */
  repeats: RepeatState;
}

/** By channel. */
export type Drives = Record<string, Drive>;

export interface Driver {
  readonly id: string;
  readonly stale_s: number;
}

export const driverOf = (channel: Channel | undefined): Driver | undefined =>
  channel && { id: channel.id, stale_s: Math.max(sightParams.stale_s, patience_s(channel.every_s)) };

export function seeDrive(drives: Drives, channel: string, at_s: number, value: number): void {
  const repeats = (Object.hasOwn(drives, channel) ? drives[channel]?.repeats : undefined) ?? startRepeats();
  seeReading(repeats, at_s, value);
  drives[channel] = { at_s, value, repeats };
}

/** Undefined: not measured, or too long ago. */
export function fresh(drives: Drives, driver: Driver | undefined, at_s: number): number | undefined {
  const last = latest(drives, driver);
  return driver !== undefined && last !== undefined && at_s - last.at_s <= driver.stale_s ? last.value : undefined;
}

/** A chamber's thermometer that repeats itself says nothing of the air. */
export function isFrozen(drives: Drives, driver: Driver | undefined, at_s: number): boolean {
  const last = latest(drives, driver);
  return last !== undefined && hasFrozen(last.repeats, at_s);
}

const latest = (drives: Drives, driver: Driver | undefined): Drive | undefined =>
  driver !== undefined && Object.hasOwn(drives, driver.id) ? drives[driver.id] : undefined;
