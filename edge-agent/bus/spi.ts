/** SPI as drivers see it: the chip select is the address, and every transfer is full duplex. */
import type { Guard } from "./deadline.ts";

/** Clock polarity and phase, and clock rate, as the chip's data sheet asks for them. */
export interface SpiSetting {
  readonly mode: 0 | 1 | 2 | 3;
  readonly clock_Hz: number;
}

/**
 * One transfer under one chip select: as many bytes come back as were sent, the first of them while the chip still listens.
 * Nothing on this wire acknowledges: an absent chip reads as all zeros or all ones, and decoders check. Throws Fault `bus/no-reply` when the
 * controller fails or the chip select does not exist.
 */
export interface SpiBus {
  transfer(select: number, bytes: Uint8Array, setting: SpiSetting): Promise<Uint8Array>;
}

export const spokenSelect = (select: number): string => `cs${select}`;

export function guardedSpi(bus: SpiBus, guard: Guard): SpiBus {
  return { transfer: (select, bytes, setting) => guard(`transfer with ${spokenSelect(select)}`, () => bus.transfer(select, bytes, setting)) };
}
