/** A bus of simulated chips: routes addresses to devices that speak bytes, and shows scripted faults between them and the driver. */
import type { Clock } from "../core/clock.ts";
import { Fault } from "../core/faults.ts";
import type { I2cBus } from "./i2c.ts";
import { type FaultKind, faultKinds } from "./scripted-fault.ts";

/** A chip as the wire sees it. */
export interface SimulatedChip {
  /** One write from start to stop (or to a repeated start). False: not acknowledged. */
  write(bytes: Uint8Array): boolean;
  /** Undefined: not acknowledged. */
  read(length: number): Uint8Array | undefined;
  powerCycle(): void;
  /** Whether the chip goes on converting. */
  converting: boolean;
  /** Whether what it measures goes on changing. */
  frozen: boolean;
}

export interface BusFault {
  readonly address: number;
  readonly fault: FaultKind;
  /** On the bus's clock, monotonic. */
  readonly at_s: number;
}

/** `hang` is what a hanging transfer does to the thread; it must not return while the process is of use. */
export function simulatedBus(chips: ReadonlyMap<number, SimulatedChip>, faults: readonly BusFault[], clock: Clock, hang: () => void): I2cBus {
  const spent = new Set<BusFault>();
  const noReply = () => new Fault("bus/no-reply", "no acknowledge");

  /** The faults that stand at an address now; those that strike once are spent by asking. */
  function standing(address: number): Set<FaultKind> {
    const due = faults.filter((fault) => fault.address === address && fault.at_s <= clock.monotonic_s() && !spent.has(fault));
    for (const fault of due) if (faultKinds[fault.fault].once) spent.add(fault);
    return new Set(due.map((fault) => fault.fault));
  }

  async function chipAt(address: number): Promise<{ chip: SimulatedChip; shown: Set<FaultKind> }> {
    const shown = standing(address);
    if (shown.has("hang")) hang();
    if (shown.has("wedge")) await new Promise<never>(() => {});
    const chip = chips.get(address);
    if (chip === undefined || shown.has("nack")) throw noReply();
    if (shown.has("power-cycle")) chip.powerCycle();
    chip.converting = !shown.has("not-ready");
    chip.frozen = shown.has("stuck");
    return { chip: shown.has("wrong-device") ? stranger : chip, shown };
  }

  function take(chip: SimulatedChip, length: number, shown: ReadonlySet<FaultKind>): Uint8Array {
    const reply = chip.read(length);
    if (reply === undefined) throw noReply();
    return disturbed(reply, shown);
  }

  return {
    async write(address, bytes) {
      const { chip } = await chipAt(address);
      if (!chip.write(bytes)) throw noReply();
    },
    async read(address, length) {
      const { chip, shown } = await chipAt(address);
      return take(chip, length, shown);
    },
    async writeRead(address, register, length) {
      const { chip, shown } = await chipAt(address);
      if (!chip.write(Uint8Array.of(register))) throw noReply();
      return take(chip, length, shown);
    },
  };
}

function disturbed(reply: Uint8Array, shown: ReadonlySet<FaultKind>): Uint8Array {
  if (shown.has("zeros")) return new Uint8Array(reply.length);
  if (shown.has("ones")) return new Uint8Array(reply.length).fill(0xff);
  if (shown.has("short")) return reply.subarray(0, -1);
  if (!shown.has("checksum")) return reply;
  const flipped = Uint8Array.from(reply);
  flipped[0] = (flipped[0] ?? 0) ^ 0x04;
  return flipped;
}

/** Some memory chip: takes every write, answers every read with the same pattern. */
const stranger: SimulatedChip = {
  write: () => true,
  read: (length) => Uint8Array.from({ length }, (_, index) => (0x5a + 37 * index) & 0xff),
  powerCycle() {},
  converting: true,
  frozen: false,
};
