/** A bus of simulated chips: routes addresses to devices that speak bytes, and shows scripted faults between them and the driver. */
import type { Clock } from "../core/clock.ts";
import { Fault } from "../core/faults.ts";
import type { I2cBus } from "./i2c.ts";
import { NOBODY } from "./recovery.ts";
import { type FaultKind, faultKinds } from "./scripted-fault.ts";
import type { Address } from "./wire.ts";

/** What every simulated chip can be told to do, whatever wire it stands on. */
export interface SimulatedPart {
  powerCycle(): void;
  /** Whether the chip goes on converting. */
  converting: boolean;
  /** Whether its results go on changing. */
  frozen: boolean;
  /** What its numbers come from; a part that measures nothing has none. */
  readonly transducer?: { strike(fault: FaultKind, at_s: number): void };
}

/** An I2C chip as the wire sees it. */
export interface SimulatedChip extends SimulatedPart {
  /** One write from start to stop (or to a repeated start). False: not acknowledged. */
  write(bytes: Uint8Array): boolean;
  /** Undefined: not acknowledged. */
  read(length: number): Uint8Array | undefined;
}

export interface BusFault {
  readonly address: Address;
  readonly fault: FaultKind;
  /** On the bus's clock, monotonic. */
  readonly at_s: number;
}

export interface Encounter<Part> {
  readonly part: Part;
  /** A reply as the wire hands it on. `at`: the byte where a flipped bit falls, the first unless told. */
  disturbed(reply: Uint8Array, at?: number): Uint8Array;
}

/**
 * Who answers at an address now, and what the wire does to the reply; faults that strike once are spent by asking. Rejects with
 * Fault `bus/no-reply` where nobody does. `hang` is what a hanging transfer does to the thread; it must not return while the process is of use.
 */
export function disturbedWire<Part extends SimulatedPart>(
  parts: ReadonlyMap<Address, Part>,
  stranger: Part,
  faults: readonly BusFault[],
  clock: Clock,
  hang: () => void,
): (address: Address) => Promise<Encounter<Part>> {
  const spent = new Set<BusFault>();
  let replies = 0;

  function standing(address: Address): Set<FaultKind> {
    const due = faults.filter((fault) => fault.address === address && fault.at_s <= clock.monotonic_s() && !spent.has(fault));
    for (const fault of due) {
      if (faultKinds[fault.fault].once) spent.add(fault);
      parts.get(address)?.transducer?.strike(fault.fault, fault.at_s);
    }
    return new Set(due.map((fault) => fault.fault));
  }

  function disturbed(reply: Uint8Array, at: number, shown: ReadonlySet<FaultKind>): Uint8Array {
    if (shown.has("zeros")) return new Uint8Array(reply.length);
    if (shown.has("ones")) return new Uint8Array(reply.length).fill(0xff);
    if (shown.has("short")) return reply.subarray(0, -1);
    if (!shown.has("checksum")) return reply;
    const flipped = Uint8Array.from(reply);
    replies++;
    flipped[at] = (flipped[at] ?? 0) ^ (1 << (replies % 6)); // the top two bits are status in some parts: another story
    return flipped;
  }

  return async (address) => {
    const shown = standing(address);
    if (shown.has("hang")) hang();
    if (shown.has("wedge")) await new Promise<never>(() => {});
    if (shown.has("stretch")) await timedOut(clock);
    const part = parts.get(address);
    if (part === undefined || shown.has("nack")) throw noReply();
    if (shown.has("power-cycle") || shown.has("warm-up")) part.powerCycle();
    part.converting = !shown.has("not-ready");
    part.frozen = shown.has("frozen");
    return { part: shown.has("wrong-device") ? stranger : part, disturbed: (reply, at = 0) => disturbed(reply, at, shown) };
  };
}

export const noReply = (): Fault => new Fault("bus/no-reply", "no acknowledge");

/** As long as the Raspberry Pi's adapter waits for the clock (raspberrypi/linux, i2c-bcm2835, `clk_tout_ms`). */
const CLOCK_WAIT_s = 0.035;
async function timedOut(clock: Clock): Promise<never> {
  await clock.sleep(CLOCK_WAIT_s);
  throw new Fault("bus/no-reply", "the transfer timed out: the clock was held low");
}

export function simulatedI2c(chips: ReadonlyMap<Address, SimulatedChip>, faults: readonly BusFault[], clock: Clock, hang: () => void): I2cBus {
  const at = disturbedWire(chips, stranger, faults, clock, hang);
  const line = dataLine(faults, clock);

  function take({ part, disturbed }: Encounter<SimulatedChip>, length: number): Uint8Array {
    const reply = part.read(length);
    if (reply === undefined) throw noReply();
    return disturbed(reply);
  }

  return {
    async write(address, bytes) {
      line.mustBeFree();
      const { part } = await at(address);
      if (!part.write(bytes)) throw noReply();
    },
    async read(address, length) {
      if (address === NOBODY) line.clocked();
      line.mustBeFree();
      return take(await at(address), length);
    },
    async writeRead(address, register, length) {
      line.mustBeFree();
      const there = await at(address);
      if (!there.part.write(Uint8Array.of(register))) throw noReply();
      return take(there, length);
    },
  };
}

/**
 * The data line that all chips share. One that was cut off in the middle of a byte holds it until nine clocks went by with the line let go by the
 * master, which only a read from the address of ones does. (A real chip may let go sooner: after as many bits as it still had to send.)
 */
function dataLine(faults: readonly BusFault[], clock: Clock) {
  const holds = faults.filter(({ fault }) => fault === "held");
  let clocked_s = Number.NEGATIVE_INFINITY;
  return {
    clocked(): void {
      clocked_s = clock.monotonic_s();
    },
    mustBeFree(): void {
      const now_s = clock.monotonic_s();
      if (holds.some(({ at_s }) => at_s <= now_s && at_s > clocked_s)) throw new Fault("bus/no-reply", "no acknowledge: the data line is held low");
    },
  };
}

/** Some memory chip: takes every write, answers every read with the same pattern. */
const stranger: SimulatedChip = {
  write: () => true,
  read: (length) => Uint8Array.from({ length }, (_, index) => (0x5a + 37 * index) & 0xff),
  powerCycle() {},
  converting: true,
  frozen: false,
};
