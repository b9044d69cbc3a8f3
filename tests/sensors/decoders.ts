/** The pure decoders of the catalogue, and what a frame of each must fulfil: checked here in another way than the drivers do. */
import { Fault } from "../../edge-agent/core/faults.ts";
import type { QuantityName } from "../../edge-agent/core/quantities.ts";
import { decodeAbp2 } from "../../edge-agent/sensors/abp2.ts";
import { decodeAds1115 } from "../../edge-agent/sensors/ads1115.ts";
import { type Bmp3xxCoefficients, decodeBmp3xx } from "../../edge-agent/sensors/bmp3xx.ts";
import type { Measured } from "../../edge-agent/sensors/driver.ts";
import { decodeDs18b20 } from "../../edge-agent/sensors/ds18b20.ts";
import { decodeHsc } from "../../edge-agent/sensors/hsc.ts";
import { decodeMax31855 } from "../../edge-agent/sensors/max31855.ts";
import { decodeMax31856 } from "../../edge-agent/sensors/max31856.ts";
import { decodeMax31865 } from "../../edge-agent/sensors/max31865.ts";
import { decodeMcp9601 } from "../../edge-agent/sensors/mcp9601.ts";
import { decodeMidas, wordsOf } from "../../edge-agent/sensors/midas.ts";
import { decodeRegister, registerOf } from "../../edge-agent/sensors/modbus.ts";
import { decodeMprls } from "../../edge-agent/sensors/mprls.ts";
import { answerTo, decodeGas, decodeTemperature, holdsUpload } from "../../edge-agent/sensors/multigas.ts";
import { bridgeValue, decodeNau7802 } from "../../edge-agent/sensors/nau7802.ts";
import { decodeScd30 } from "../../edge-agent/sensors/scd30.ts";
import { decodeScd41 } from "../../edge-agent/sensors/scd41.ts";
import { decodeSgp41 } from "../../edge-agent/sensors/sgp41.ts";
import { decodeSht4x } from "../../edge-agent/sensors/sht4x.ts";
import { decodeStc31c } from "../../edge-agent/sensors/stc31c.ts";
import { decodeStcc4 } from "../../edge-agent/sensors/stcc4.ts";
import { decodeTmp105 } from "../../edge-agent/sensors/tmp105.ts";
import { type Scale, transducers } from "../../edge-agent/sensors/transducers.ts";
import { answered, dallas, type FrameCheck, powered, unchecked, upload, wordwise } from "./frame-checks.ts";

export interface Decoder extends FrameCheck {
  readonly name: string;
  readonly lengths: readonly number[];
  decode(frame: Uint8Array): Readonly<Record<string, Measured>>;
  readonly quantities: Readonly<Record<string, QuantityName>>;
}

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

const hydrogen = answered(0x86);

const register = (type: string, table = "holding", order?: string) =>
  registerOf({
    name: type,
    output: "register",
    keys: { register: 0, table, type, unit: [5 / 9, -160 / 9, "degC"], factor: -0.1, offset: 7, none: 0x7fff, ...(order !== undefined && { order }) },
  });
const registers = [
  register("u16"),
  register("i16"),
  register("u32", "input", "high-word-first"),
  register("i32", "input", "low-word-first"),
  register("float32", "holding", "low-word-first"),
  register("bool", "coil"),
];

const volts = (frame: Uint8Array): Measured => decodeAds1115(frame, 4.096, 3.3);
const loops = [transducers.loop.scale({ shunt: 150, at_4mA: 0, at_20mA: 1000 }), transducers.loop.scale({ shunt: 100, at_4mA: 1000, at_20mA: 0 })];
const ratios = [
  transducers.ratio.scale({ low: 0.1, high: 0.9, at_low: 0, at_high: 1000 }),
  transducers.ratio.scale({ low: 0, high: 1, at_low: 1000, at_high: -1000 }),
];
const lines = [transducers.linear.scale({ divider: 4, at_0V: 0, at_10V: 1000 }), transducers.linear.scale({ divider: 1, at_0V: 1000, at_10V: 0 })];
const both = ([rising, falling]: readonly Scale[], ...voltages: readonly [Measured, Measured?]): Record<string, Measured> => ({
  rising: rising?.(...voltages) ?? {},
  falling: falling?.(...voltages) ?? {},
});
const risingAndFalling = { rising: "pressure", falling: "pressure" } as const;

export const decoders: readonly Decoder[] = [
  { name: "SCD30", lengths: [18], decode: decodeScd30, ...wordwise, quantities: { co2: "co2", temperature: "temperature", humidity: "humidity" } },
  { name: "SCD41", lengths: [9], decode: decodeScd41, ...wordwise, quantities: { co2: "co2", temperature: "temperature", humidity: "humidity" } },
  { name: "SHT4x", lengths: [6], decode: decodeSht4x, ...wordwise, quantities: { temperature: "temperature", humidity: "humidity" } },
  {
    name: "STC31-C",
    lengths: [9],
    decode: (frame) => decodeStc31c(frame, 100),
    ...wordwise,
    quantities: { co2: "co2", co2_apparent: "co2_apparent", temperature: "temperature" },
  },
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
  {
    name: "ADS1115 with a 4-20 mA loop",
    lengths: [2],
    decode: (frame) => both(loops, volts(frame)),
    ...unchecked,
    quantities: risingAndFalling,
  },
  {
    name: "ADS1115 with a ratiometric part",
    lengths: [4],
    decode: (frame) => both(ratios, volts(frame.subarray(0, 2)), volts(frame.subarray(2))),
    ...unchecked,
    quantities: risingAndFalling,
  },
  {
    name: "ADS1115 with 0-10 V",
    lengths: [2],
    decode: (frame) => both(lines, volts(frame)),
    ...unchecked,
    quantities: risingAndFalling,
  },
  { name: "SGP41", lengths: [6], decode: (frame) => ({ voc_signal: decodeSgp41(frame, 120) }), ...wordwise, quantities: { voc_signal: "voc_signal" } },
  {
    name: "TMP105",
    lengths: [2],
    decode: (frame) => ({ temperature: decodeTmp105(frame) }),
    mend(frame) {
      frame[1] = (frame[1] ?? 0) & 0xf0;
    },
    holds: (frame) => (frame[1] ?? 0) % 16 === 0,
    quantities: { temperature: "temperature" },
  },
  {
    name: "NAU7802",
    lengths: [3],
    decode: (frame) => ({ signal: bridgeValue(decodeNau7802(frame), 128, 500, 2) }),
    ...unchecked,
    quantities: { signal: "force" },
  },
  {
    name: "MultiGas, gas",
    lengths: [9],
    decode: (frame) => ({ h2: { raw: decodeGas(answerTo(0x86, frame), "h2").value } }),
    mend(frame) {
      frame.set([0x06, (frame[5] ?? 0) % 4], 4);
      hydrogen.mend(frame);
    },
    holds: (frame) => hydrogen.holds(frame) && frame[4] === 0x06 && (frame[5] ?? 0) < 3,
    quantities: { h2: "h2" },
  },
  {
    name: "MultiGas, thermistor",
    lengths: [9],
    decode: (frame) => ({ temperature: decodeTemperature(answerTo(0x87, frame)) }),
    ...answered(0x87),
    quantities: { temperature: "temperature" },
  },
  {
    name: "MultiGas, an upload at the port",
    lengths: Array.from({ length: 31 }, (_, more) => 9 + more),
    decode(frame) {
      if (!holdsUpload(frame)) throw new Fault("sensor/not-ready", "no upload");
      return {};
    },
    ...upload,
    quantities: {},
  },
  {
    name: "MAX31855",
    lengths: [4],
    decode: decodeMax31855,
    mend(frame) {
      const faults = (frame[3] ?? 0) % 8;
      frame[1] = ((frame[1] ?? 0) & 0xfc) | (faults > 0 ? 1 : 0);
      frame[3] = (frame[3] ?? 0) & 0xf7;
    },
    holds([first = 0, second = 0, third = 0, fourth = 0]) {
      const [faulty, faults] = [second % 2 === 1, fourth % 8 > 0];
      return (second >> 1) % 2 === 0 && (fourth >> 3) % 2 === 0 && faulty === faults && first + second + third + fourth > 0;
    },
    quantities: { temperature: "temperature", cold_junction: "temperature" },
  },
  {
    name: "MAX31856",
    lengths: [16],
    decode: (frame) => decodeMax31856(frame, "K"),
    ...unchecked,
    mend(frame) {
      frame[15] = 0; // no fault, so that the temperatures are looked at
    },
    quantities: { temperature: "temperature", cold_junction: "temperature" },
  },
  {
    name: "MAX31865",
    lengths: [8],
    decode: (frame) => ({ temperature: decodeMax31865(frame, { element_ohm: 100, reference_ohm: 430 }) }),
    ...unchecked,
    mend(frame) {
      frame[7] = 0;
    },
    quantities: { temperature: "temperature" },
  },
  {
    name: "DS18B20",
    lengths: [9],
    decode: (frame) => ({ temperature: { raw: decodeDs18b20(frame) } }),
    mend(frame) {
      frame[4] = 0x1f | ((frame[4] ?? 0) & 0x60);
      frame[8] = dallas(frame);
    },
    holds: (frame) => [0x1f, 0x3f, 0x5f, 0x7f].includes(frame[4] ?? 0) && frame[8] === dallas(frame),
    quantities: { temperature: "temperature" },
  },
  {
    name: "Modbus registers",
    lengths: [5],
    /** Four bytes, and one that says as which type. The driver cuts registers out of a block whose length it has checked. */
    decode(frame) {
      const one = registers[(frame[4] ?? 0) % registers.length];
      if (frame.length !== 5 || one === undefined) throw new Fault("sensor/malformed", "another length");
      return { register: decodeRegister(frame.subarray(0, 2 * one.count), one) };
    },
    ...unchecked,
    quantities: { register: "temperature" },
  },
  {
    name: "Midas",
    lengths: [22],
    decode: (frame) => ({ concentration: decodeMidas(wordsOf(frame), "hf") }),
    mend(frame) {
      const [state = 0, fault = 0, unit = 0] = [frame[1], frame[11], frame[12]];
      frame[1] = state & 0x40 ? state & 0xd1 : (state & 0xf0) | ((state & 0x0f) % 9); // half of them measuring or warming up, without a fault
      frame.set([0, fault % 17], 10);
      frame[12] = [1, 2, 4][unit % 3] ?? 0;
    },
    holds: (frame) => (frame[1] ?? 0) % 16 < 9 && [1, 2, 4].includes(frame[12] ?? 0),
    quantities: { concentration: "hf" },
  },
];
