/** 1-Wire as drivers see it: chips with a scratchpad, addressed by the number that their maker burnt in. */
import type { Guard } from "./deadline.ts";

export interface OneWireBus {
  /**
   * Lets the chip convert, which takes up to 0.75 s, and reads its scratchpad: nine bytes, the last a checksum that is not checked here.
   * `rom`: family and serial number as Linux writes them, such as "28-0123456789ab". May hand back fewer bytes: decoders check.
   * Throws Fault `bus/no-reply` when the chip is not on the wire.
   */
  scratchpad(rom: string): Promise<Uint8Array>;
}

export const isRom = (text: string): boolean => /^[0-9a-f]{2}-[0-9a-f]{12}$/.test(text);

export function guardedOneWire(bus: OneWireBus, guard: Guard): OneWireBus {
  return { scratchpad: (rom) => guard(`read from ${rom}`, () => bus.scratchpad(rom)) };
}
