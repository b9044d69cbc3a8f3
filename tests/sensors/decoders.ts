/** The pure decoders of the catalogue, and what a frame of each must fulfil: checked here in another way than the drivers do. */
import type { QuantityName } from "../../edge-agent/core/quantities.ts";
import { decodeAbp2 } from "../../edge-agent/sensors/abp2.ts";
import { decodeAds1115 } from "../../edge-agent/sensors/ads1115.ts";
import { type Bmp3xxCoefficients, decodeBmp3xx } from "../../edge-agent/sensors/bmp3xx.ts";
import type { Measured } from "../../edge-agent/sensors/driver.ts";
import { decodeHsc } from "../../edge-agent/sensors/hsc.ts";
import { decodeMcp9601 } from "../../edge-agent/sensors/mcp9601.ts";
import { decodeMprls } from "../../edge-agent/sensors/mprls.ts";
import { decodeScd30 } from "../../edge-agent/sensors/scd30.ts";
import { decodeScd41 } from "../../edge-agent/sensors/scd41.ts";
import { decodeSht4x } from "../../edge-agent/sensors/sht4x.ts";
import { decodeStc31c } from "../../edge-agent/sensors/stc31c.ts";
import { decodeStcc4 } from "../../edge-agent/sensors/stcc4.ts";

export interface Decoder {
  readonly name: string;
  readonly lengths: readonly number[];
  decode(frame: Uint8Array): Readonly<Record<string, Measured>>;
  /** Writes what checks the part puts into its frames. */
  mend(frame: Uint8Array): void;
  /** Whether they hold. */
  holds(frame: Uint8Array): boolean;
  readonly quantities: Readonly<Record<string, QuantityName>>;
}

/** x^8 + x^5 + x^4 + 1 over two bytes, preset to ones, by long division of the message as one number. */
function sensirion(high: number, low: number): number {
  let rest = (((high ^ 0xff) << 8) | low) << 8;
  for (let bit = 23; bit >= 8; bit--) if (rest & (1 << bit)) rest ^= 0x131 << (bit - 8);
  return rest & 0xff;
}

const wordwise = {
  mend(frame: Uint8Array): void {
    for (let at = 0; at + 2 < frame.length; at += 3) frame[at + 2] = sensirion(frame[at] ?? 0, frame[at + 1] ?? 0);
  },
  holds(frame: Uint8Array): boolean {
    for (let at = 0; at + 2 < frame.length; at += 3) if (frame[at + 2] !== sensirion(frame[at] ?? 0, frame[at + 1] ?? 0)) return false;
    return true;
  },
};
/** The status byte that MPR and ABP2 give with a reading. */
const powered = {
  mend(frame: Uint8Array): void {
    frame[0] = 0x40;
  },
  holds: (frame: Uint8Array): boolean => frame[0] === 0x40,
};
/** Nothing is checked in these frames themselves; their drivers read identity and settings behind them. */
const unchecked = { mend(): void {}, holds: (): boolean => true };

/** A part of Bosch's own example values: T1 to T3 and P1 to P11 near the middle of their ranges. */
const coefficients: Bmp3xxCoefficients = {
  t: [27_504 * 2 ** 8, 26_435 / 2 ** 30, -7 / 2 ** 48],
  p: [
    (-3 - 2 ** 14) / 2 ** 20,
    (-300 - 2 ** 14) / 2 ** 29,
    7 / 2 ** 32,
    1 / 2 ** 37,
    25_000 * 2 ** 3,
    30_000 / 2 ** 6,
    -8 / 2 ** 8,
    -6 / 2 ** 15,
    4000 / 2 ** 48,
    3 / 2 ** 48,
    -10 / 2 ** 65,
  ],
};

export const decoders: readonly Decoder[] = [
  { name: "SCD30", lengths: [18], decode: decodeScd30, ...wordwise, quantities: { co2: "co2", temperature: "temperature", humidity: "humidity" } },
  { name: "SCD41", lengths: [9], decode: decodeScd41, ...wordwise, quantities: { co2: "co2", temperature: "temperature", humidity: "humidity" } },
  { name: "SHT4x", lengths: [6], decode: decodeSht4x, ...wordwise, quantities: { temperature: "temperature", humidity: "humidity" } },
  { name: "STC31-C", lengths: [9], decode: (frame) => decodeStc31c(frame, 100), ...wordwise, quantities: { co2: "co2", temperature: "temperature" } },
  {
    name: "STCC4",
    lengths: [12],
    decode: (frame) => decodeStcc4(frame, 60, true),
    ...wordwise,
    quantities: { co2: "co2", temperature: "temperature", humidity: "humidity" },
  },
  { name: "ABP2", lengths: [7], decode: (frame) => decodeAbp2(frame, 206.8), ...powered, quantities: { pressure: "pressure", temperature: "temperature" } },
  { name: "MPR", lengths: [4], decode: (frame) => decodeMprls(frame, "A", 172.4), ...powered, quantities: { pressure: "pressure" } },
  {
    name: "HSC",
    lengths: [4],
    decode: (frame) => decodeHsc(frame, "A", 206.8),
    mend(frame) {
      frame[0] = (frame[0] ?? 0) & 0x3f;
    },
    holds: (frame) => (frame[0] ?? 0) < 0x40,
    quantities: { pressure: "pressure", temperature: "temperature" },
  },
  {
    name: "BMP3xx",
    lengths: [6],
    decode: (frame) => decodeBmp3xx(frame, coefficients),
    ...unchecked,
    quantities: { pressure: "pressure", temperature: "temperature" },
  },
  {
    name: "MCP9601",
    lengths: [5],
    decode: (frame) => decodeMcp9601(frame.subarray(0, 2), frame.subarray(2, -1), frame.at(-1) ?? 0, "K"),
    ...unchecked,
    quantities: { temperature: "temperature", cold_junction: "temperature" },
  },
  { name: "ADS1115", lengths: [2], decode: (frame) => ({ ain0: decodeAds1115(frame, 6.144, 5) }), ...unchecked, quantities: { ain0: "voltage" } },
];
