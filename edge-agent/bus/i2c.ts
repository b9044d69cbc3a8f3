/**
 * The I2C bus as drivers see it. Addresses are 7-bit.
 * Every method throws Fault `bus/no-reply` when nothing acknowledges, and may hand back fewer bytes than asked: decoders check.
 */
export interface I2cBus {
  write(address: number, bytes: Uint8Array): Promise<void>;
  read(address: number, length: number): Promise<Uint8Array>;
  /** Writes one byte (a register pointer), then reads `length` (1 to 32) bytes after a repeated start. */
  writeRead(address: number, register: number, length: number): Promise<Uint8Array>;
}

export const hex = (address: number): string => `0x${address.toString(16).padStart(2, "0")}`;
