/** Faults that a simulated bus can be told to show, at what address and when. Real buses refuse them. */
import { Fault } from "../core/faults.ts";
import type { Address } from "./wire.ts";

export const faultKinds = {
  nack: { once: false, means: "the chip acknowledges nothing" },
  checksum: { once: false, means: "one bit of every reply is flipped, each time another" },
  short: { once: false, means: "every reply lacks its last byte" },
  zeros: { once: false, means: "every reply is all zeros, as with the data line held low" },
  ones: { once: false, means: "every reply is all ones, as with nobody driving the bus" },
  stuck: { once: false, means: "the world that the chip sees stands still: the same value for ever, well-formed" },
  "not-ready": { once: false, means: "the chip completes no more conversions" },
  "wrong-device": { once: false, means: "another part answers at the address" },
  "power-cycle": { once: true, means: "the chip loses its settings" },
  hang: { once: true, means: "a transfer blocks the bus process's thread for ever" },
  wedge: { once: true, means: "a transfer never completes, while the bus process lives on" },
} as const;

export type FaultKind = keyof typeof faultKinds;
const isFaultKind = (text: string): text is FaultKind => Object.hasOwn(faultKinds, text);

export interface ScriptedFault {
  readonly bus: string;
  readonly address: Address;
  readonly fault: FaultKind;
  /** Run time. */
  readonly at_s: number;
}

const example = "i2c-1/0x67:hang@5s";
const units_s: Readonly<Record<string, number>> = { ms: 1e-3, s: 1, min: 60 };

/** Reads `<bus>/<address>:<fault>@<time>`, or `<bus>:<fault>@<time>` where a bus has one chip without an address. Throws Fault `config/invalid` that names the part that is wrong. */
export function parseScriptedFault(text: string): ScriptedFault {
  const wrong = (what: string) => new Fault("config/invalid", `fault "${text}": ${what}, such as ${example}`);
  const match = /^([^/:@]+)(?:\/([^/:@]+))?:([^/:@]+)@([^/:@]+)$/.exec(text.trim());
  if (match === null) throw wrong("write <bus>/<address>:<fault>@<time>");
  const [, bus = "", addressText = "", kind = "", timeText = ""] = match;
  const address = /^(0x[0-9a-f]{1,2}|[0-9]{1,3})$/i.test(addressText) ? Number(addressText) : addressText;
  if (typeof address === "number" && address > 0xff) throw wrong(`"${addressText}" is no address of any bus`);
  if (!isFaultKind(kind)) throw wrong(`"${kind}" is no fault; write one of ${Object.keys(faultKinds).join(", ")}`);
  const [, number = "", unit = ""] = /^([0-9]+(?:\.[0-9]+)?) ?(ms|s|min)$/.exec(timeText) ?? [];
  const factor = units_s[unit];
  if (factor === undefined) throw wrong(`"${timeText}" is no time; write a number and ms, s or min`);
  return { bus, address, fault: kind, at_s: Number(number) * factor };
}
