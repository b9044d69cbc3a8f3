/** From a station file to the contacts that this machine reads itself, in the deciding process: the only one that loads `onoff`. */
import { isGpio, type Station } from "../contracts/station.ts";
import type { Clock } from "../core/clock.ts";
import { gpioLines } from "../outputs/gpio.ts";
import { ContactSource } from "./contact-source.ts";
import { simulatedInputs } from "./simulated.ts";

export interface ContactOptions {
  readonly simulated: boolean;
  readonly clock: Clock;
  /** Monotonic seconds at run time 0. */
  readonly origin_s: number;
}

/** One source for all of them, none where there are none; nothing is opened yet. */
export function openContacts(station: Station, { simulated, clock, origin_s }: ContactOptions): ContactSource[] {
  const contacts = station.channels.flatMap(({ source, every_s }, channel) => (isGpio(source) ? [{ channel, every_s, source }] : []));
  if (contacts.length === 0) return [];
  return [new ContactSource({ contacts, backend: simulated ? simulatedInputs : gpioLines(), clock, origin_s })];
}
