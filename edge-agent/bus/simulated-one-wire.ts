/** 1-Wire with simulated chips, and scripted faults between them and the driver. A reading takes as long as a conversion does. */
import type { Clock } from "../core/clock.ts";
import type { OneWireBus } from "./one-wire.ts";
import { type BusFault, disturbedWire, type SimulatedPart } from "./simulated-bus.ts";
import type { Address } from "./wire.ts";

const CONVERSION_s = 0.75;

/** A 1-Wire chip as Linux' driver sees it. */
export interface SimulatedOneWireChip extends SimulatedPart {
  /** Begins a conversion. */
  convert(): void;
  /** Nine bytes, as they stand. */
  scratchpad(): Uint8Array;
}

export function simulatedOneWire(chips: ReadonlyMap<Address, SimulatedOneWireChip>, faults: readonly BusFault[], clock: Clock, hang: () => void): OneWireBus {
  const at = disturbedWire(chips, stranger, faults, clock, hang);
  return {
    async scratchpad(rom) {
      const { part, disturbed } = await at(rom);
      part.convert();
      await clock.sleep(CONVERSION_s);
      return disturbed(part.scratchpad());
    },
  };
}

/** Some other chip with a scratchpad of its own. */
const stranger: SimulatedOneWireChip = {
  convert() {},
  scratchpad: () => Uint8Array.of(0x5a, 0x7f, 0xa4, 0xc9, 0xee, 0x13, 0x38, 0x5d, 0x82),
  powerCycle() {},
  converting: true,
  frozen: false,
};
