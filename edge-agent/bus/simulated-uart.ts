/** A simulated serial port: one chip that speaks bytes at its other end, and the scripted faults between it and the driver. */
import type { Clock } from "../core/clock.ts";
import { isFault } from "../core/faults.ts";
import { type BusFault, disturbedWire, type Encounter, type SimulatedPart } from "./simulated-bus.ts";
import type { Uart } from "./uart.ts";
import type { Address } from "./wire.ts";

/** A chip as its port sees it. */
export interface SimulatedPort extends SimulatedPart {
  /** What it has sent by itself since it was last looked at. */
  unasked(): Uint8Array;
  /** What it sends when it hears these bytes; empty for nothing. */
  answer(bytes: Uint8Array): Uint8Array;
}

/** There is one place at a port. */
export const AT_THE_PORT: Address = "";

export function simulatedUart(ports: ReadonlyMap<Address, SimulatedPort>, faults: readonly BusFault[], clock: Clock, hang: () => void): Uart {
  const at = disturbedWire(ports, stranger, faults, clock, hang);
  let late = new Uint8Array();

  /** A port acknowledges nothing: where nobody is, nothing comes. */
  async function there(): Promise<Encounter<SimulatedPort> | undefined> {
    try {
      return await at(AT_THE_PORT);
    } catch (error) {
      if (isFault(error) && error.code === "bus/no-reply") return undefined;
      throw error;
    }
  }

  return {
    async request(bytes, length, limit_s) {
      const met = await there();
      const before = Uint8Array.of(...late, ...(met?.part.unasked() ?? []));
      const sent = Uint8Array.from(met?.disturbed(met.part.answer(bytes)) ?? []);
      if (sent.length < length) await clock.sleep(limit_s);
      late = sent.slice(length);
      return { before, reply: sent.slice(0, length) };
    },
  };
}

/** Some terminal that greets whoever speaks to it. */
const stranger: SimulatedPort = {
  unasked: () => new Uint8Array(),
  answer: () => new TextEncoder().encode("login: \r\nlogin: \r\n"),
  powerCycle() {},
  converting: true,
  frozen: false,
};
