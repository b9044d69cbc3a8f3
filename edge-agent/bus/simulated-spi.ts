/** SPI with simulated chips: one at each chip select, which speaks bytes, and scripted faults between it and the driver. */
import type { Clock } from "../core/clock.ts";
import type { BusFault, SimulatedPart } from "./simulated-bus.ts";
import { disturbedWire } from "./simulated-bus.ts";
import type { SpiBus, SpiSetting } from "./spi.ts";
import type { Address } from "./wire.ts";

/** An SPI chip as the wire sees it. */
export interface SimulatedSpiChip extends SimulatedPart {
  /** One transfer, from select to release. As many bytes come back as were sent. */
  transfer(bytes: Uint8Array, mode: SpiSetting["mode"]): Uint8Array;
}

export function simulatedSpi(chips: ReadonlyMap<Address, SimulatedSpiChip>, faults: readonly BusFault[], clock: Clock, hang: () => void): SpiBus {
  const at = disturbedWire(chips, stranger, faults, clock, hang);
  return {
    async transfer(select, bytes, { mode }) {
      const { part, disturbed } = await at(select);
      const reply = part.transfer(bytes, mode);
      return disturbed(reply, Math.min(1, reply.length - 1)); // while the first byte passes, most parts still listen
    },
  };
}

/** Some part that answers every transfer with the same pattern. */
const stranger: SimulatedSpiChip = {
  transfer: (bytes) => Uint8Array.from(bytes, (_, index) => (0x5a + 37 * index) & 0xff),
  powerCycle() {},
  converting: true,
  frozen: false,
};
