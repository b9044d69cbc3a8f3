/**
 * One SPI transfer as Linux takes it: `ioctl(fd, SPI_IOC_MESSAGE(1), &transfer)`. Numbers, sizes and offsets of the kernel's
 * `include/uapi/linux/spi/spidev.h`; the same for 32 and 64 bit, x86 and ARM, all little-endian here.
 */

/** `_IOC(direction, 'k', number, size)` of `asm-generic/ioctl.h`: direction in bits 30 and 31 (1 write, 2 read), size from bit 16, type from bit 8. */
export const TRANSFER = 0x4020_6b00; // SPI_IOC_MESSAGE(1): write, 32 bytes, number 0
export const SET_MODE = 0x4001_6b01; // SPI_IOC_WR_MODE: write, 1 byte, number 1

const STRUCT_Bytes = 32;

/** One piece of memory: the struct, then what is sent, then what is received. `address` is where it stands. */
export interface Message {
  readonly memory: ArrayBuffer;
  readonly received: Uint8Array;
}

/** Memory for a transfer of `length` bytes, nothing in it yet. */
export function emptyMessage(length: number): Message {
  const memory = new ArrayBuffer(STRUCT_Bytes + 2 * length); // never on the moving heap, so that its address holds
  return { memory, received: new Uint8Array(memory, STRUCT_Bytes + length, length) };
}

/** Writes `struct spi_ioc_transfer` and the bytes to send into the memory. What is not named here is 0: chip select released at the end, 8 bits a word. */
export function fillMessage({ memory }: Message, address: bigint, bytes: Uint8Array, clock_Hz: number): void {
  const struct = new DataView(memory);
  struct.setBigUint64(0, address + BigInt(STRUCT_Bytes), true); // tx_buf
  struct.setBigUint64(8, address + BigInt(STRUCT_Bytes + bytes.length), true); // rx_buf
  struct.setUint32(16, bytes.length, true); // len
  struct.setUint32(20, clock_Hz, true); // speed_hz
  struct.setUint8(26, 8); // bits_per_word, behind delay_usecs (24); cs_change 27, tx_nbits 28, rx_nbits 29, word_delay_usecs 30, pad 31 stay 0
  new Uint8Array(memory, STRUCT_Bytes, bytes.length).set(bytes);
}
