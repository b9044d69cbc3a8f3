/** Faults that a simulated bus can be told to show, at what address and when. Real buses refuse them. */
import { Fault } from "../core/faults.ts";
import type { Address } from "./wire.ts";

/**
 * The library. `once`: strikes and is over; the others stand for good. What acts on the world that a chip sees gives valid bytes, which no driver can
 * doubt; how large it is, sensors/transducer.sim.ts says. What a part cannot show is in sensors/inapplicable.ts.
 */
export const faultKinds = {
  nack: { once: false, means: "the chip acknowledges nothing" },
  checksum: { once: false, means: "one bit of every reply is flipped, each time another" },
  short: { once: false, means: "every reply lacks its last byte" },
  zeros: { once: false, means: "every reply is all zeros, as with the data line held low" },
  ones: { once: false, means: "every reply is all ones, as with nobody driving the bus" },
  stretch: { once: false, means: "the chip holds the clock low for longer than the adapter waits" },
  held: { once: true, means: "the chip holds the data line of the whole bus until it has been clocked nine times" },
  frozen: { once: false, means: "the chip goes on giving its last result, well-formed and as if it were new" },
  "not-ready": { once: false, means: "the chip completes no more conversions" },
  "wrong-device": { once: false, means: "another part answers at the address" },
  "power-cycle": { once: true, means: "the chip loses its settings" },
  hang: { once: true, means: "a transfer blocks the bus process's thread for ever" },
  wedge: { once: true, means: "a transfer never completes, while the bus process lives on" },
  stuck: { once: false, means: "the element gives one value for ever" },
  bias: { once: false, means: "the element reads a tenth too much" },
  drift: { once: false, means: "the element reads a further tenth too much each minute" },
  spike: { once: false, means: "every seventh value is twice as large" },
  saturation: { once: false, means: "the element stands beyond the end of the chip's range" },
  sign: { once: false, means: "the element is wired the other way round" },
  unit: { once: false, means: "the part is set to another unit or decimals, or is the next range's: ten times the value" },
  "gas-id": { once: false, means: "a probe or cartridge for another gas is plugged in" },
  baseline: { once: false, means: "self-calibration, on behind the driver's back, has taken the chamber's gas for fresh air" },
  "warm-up": { once: true, means: "a power cycle, after which the element is off by half its value and settles within two minutes" },
  poisoned: { once: false, means: "an overdose beyond the range for 10 s, after which a third of the sensitivity is left" },
  slow: { once: false, means: "the element follows with a T90 of 70 s" },
  "clock-step": { once: true, means: "the machine's wall clock is set back by an hour" },
} as const;

export type FaultKind = keyof typeof faultKinds;
const isFaultKind = (text: string): text is FaultKind => Object.hasOwn(faultKinds, text);

/** Stands for a bus where the machine itself is meant, whose clock it is. */
export const HOST = "host";

export interface ScriptedFault {
  /** Or `HOST`. */
  readonly bus: string;
  readonly address: Address;
  readonly fault: FaultKind;
  /** Run time. */
  readonly at_s: number;
}

const example = "i2c-1/0x67:hang@5s";
const units_s: Readonly<Record<string, number>> = { ms: 1e-3, s: 1, min: 60 };

/** Reads `<bus>/<address>:<fault>@<time>`, or `<bus>:<fault>@<time>` where a bus has one chip without an address or is the machine itself (`host`). Throws Fault `config/invalid` that names the part that is wrong. */
export function parseScriptedFault(text: string): ScriptedFault {
  const wrong = (what: string) => new Fault("config/invalid", `fault "${text}": ${what}, such as ${example}`);
  const match = /^([^/:@]+)(?:\/([^/:@]+))?:([^/:@]+)@([^/:@]+)$/.exec(text.trim());
  if (match === null) throw wrong("write <bus>/<address>:<fault>@<time>");
  const [, bus = "", addressText = "", kind = "", timeText = ""] = match;
  const address = /^(0x[0-9a-f]{1,2}|[0-9]{1,3})$/i.test(addressText) ? Number(addressText) : addressText;
  if (typeof address === "number" && address > 0xff) throw wrong(`"${addressText}" is no address of any bus`);
  if (!isFaultKind(kind)) throw wrong(`"${kind}" is no fault; write one of ${Object.keys(faultKinds).join(", ")}`);
  if (kind === "clock-step" && (bus !== HOST || address !== "")) throw wrong(`the clock is the machine's: write ${HOST}:${kind}@${timeText}`);
  const [, number = "", unit = ""] = /^([0-9]+(?:\.[0-9]+)?) ?(ms|s|min)$/.exec(timeText) ?? [];
  const factor = units_s[unit];
  if (factor === undefined) throw wrong(`"${timeText}" is no time; write a number and ms, s or min`);
  return { bus, address, fault: kind, at_s: Number(number) * factor };
}
