/**
 * The structures of the GPIO character device, uAPI v2 (Linux 5.10 and later), as bytes: little endian, one line a request. Pure.
 * Sizes and offsets are those of include/uapi/linux/gpio.h, the same on x86-64 and arm64; every 64-bit field is aligned to 8.
 *
 * gpiochip_info          68 Bytes: name[32] 0, label[32] 32, lines u32 64
 * gpio_v2_line_info     256 Bytes: name[32] 0, consumer[32] 32, offset u32 64, num_attrs u32 68, flags u64 72, attrs 80
 * gpio_v2_line_request  592 Bytes: offsets u32[64] 0, consumer[32] 256, config 288, num_lines u32 560, event_buffer_size u32 564, fd s32 588
 * gpio_v2_line_config   272 Bytes: flags u64 0, num_attrs u32 8, attrs 32; an attr of 24 Bytes: id u32 0, values u64 8, mask u64 16
 * gpio_v2_line_values    16 Bytes: bits u64 0, mask u64 8
 */

/** _IOR (the first) and _IOWR of type 0xB4: direction, size, type and number of each call. */
export const requests = {
  chipInfo: 0x8044_b401,
  lineInfo: 0xc100_b405,
  line: 0xc250_b407,
  getValues: 0xc010_b40e,
  setValues: 0xc010_b40f,
} as const;

export const flags = { used: 1n, activeLow: 2n, input: 4n, output: 8n } as const;
const OUTPUT_VALUES = 2;
const CONFIG = 288;
const NAME_Bytes = 32;

export interface ChipInfo {
  /** Such as gpiochip0: the kernel's, whatever the file in /dev is called. */
  readonly name: string;
  readonly label: string;
  readonly lines: number;
}

export interface LineInfo {
  /** Who holds the line, as it named itself; empty when nobody does or said. */
  readonly consumer: string;
  readonly flags: bigint;
}

export const chipInfo = (): Buffer => Buffer.alloc(68);

export const readChipInfo = (info: Buffer): ChipInfo => ({ name: textAt(info, 0), label: textAt(info, 32), lines: info.readUInt32LE(64) });

export function lineInfo(line: number): Buffer {
  const info = Buffer.alloc(256);
  info.writeUInt32LE(line, 64);
  return info;
}

export const readLineInfo = (info: Buffer): LineInfo => ({ consumer: textAt(info, 32), flags: info.readBigUInt64LE(72) });

/** Direction and level low are set in one kernel call, so that the coil sees no glitch. */
export function outputRequest(line: number, consumer: string): Buffer {
  const request = requestOf(line, consumer, flags.output);
  request.writeUInt32LE(1, CONFIG + 8);
  request.writeUInt32LE(OUTPUT_VALUES, CONFIG + 32);
  request.writeBigUInt64LE(0n, CONFIG + 40);
  request.writeBigUInt64LE(1n, CONFIG + 48);
  return request;
}

export const inputRequest = (line: number, consumer: string): Buffer => requestOf(line, consumer, flags.input);

function requestOf(line: number, consumer: string, wanted: bigint): Buffer {
  const request = Buffer.alloc(592);
  request.writeUInt32LE(line, 0);
  request.write(consumer, 256, NAME_Bytes - 1, "latin1"); // ends in a zero
  request.writeBigUInt64LE(wanted, CONFIG);
  request.writeUInt32LE(1, 560);
  return request;
}

/** The file descriptor by which the line is driven and read, once the kernel has answered. */
export const fdOf = (request: Buffer): number => request.readInt32LE(588);

export function lineValue(high: boolean): Buffer {
  const values = Buffer.alloc(16);
  values.writeBigUInt64LE(high ? 1n : 0n, 0);
  values.writeBigUInt64LE(1n, 8);
  return values;
}

export const isHigh = (values: Buffer): boolean => (values.readBigUInt64LE(0) & 1n) === 1n;

function textAt(bytes: Buffer, offset: number): string {
  const field = bytes.subarray(offset, offset + NAME_Bytes);
  const end = field.indexOf(0);
  return field.toString("latin1", 0, end < 0 ? NAME_Bytes : end);
}
