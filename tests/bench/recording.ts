/** A recording of 64 channels at 10 Hz that nobody recorded: quiet cells with the noise of real sensors, the same every time. */
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import type { StationInput } from "../../edge-agent/contracts/station.ts";
import { replayChannel } from "../support/station.ts";
import { noise, rate_Hz } from "./spool.ts";

type Kind = "surface" | "tab" | "voltage" | "co2" | "pressure";
interface Course {
  readonly quantity: "temperature" | "voltage" | "co2" | "pressure";
  readonly unit: string;
  readonly usual: number;
  readonly noise: number;
  readonly step: number;
}

const thermocouple = { quantity: "temperature", unit: "degC", usual: 25, noise: 0.12, step: 0.0625 } as const;
const courses: Readonly<Record<Kind, Course>> = {
  surface: thermocouple,
  tab: thermocouple,
  voltage: { quantity: "voltage", unit: "V", usual: 3.7, noise: 0.002, step: 0.001 },
  co2: { quantity: "co2", unit: "ppm", usual: 600, noise: 6, step: 1 },
  pressure: { quantity: "pressure", unit: "kPa", usual: 101.3, noise: 0.02, step: 0.01 },
};

/** 16 cells with two thermocouples and a voltage each, a CO2 and a pressure for every two of them: 64 channels. */
const plan = Array.from({ length: 16 }, (_, n) => n).flatMap((n): { id: string; cell: string; kind: Kind }[] => {
  const kinds: Kind[] = n % 2 === 0 ? ["surface", "tab", "voltage", "co2"] : ["surface", "tab", "voltage", "pressure"];
  return kinds.map((kind) => ({ id: `C${n}.${kind}`, cell: `C${n}`, kind }));
});

export const recordedStation: Pick<StationInput, "cells" | "channels"> = {
  cells: Array.from({ length: 16 }, (_, n) => ({ id: `C${n}`, max_temperature: "60 degC" })),
  channels: plan.map(({ id, cell, kind }) => {
    const { quantity, unit } = courses[kind];
    const place = kind === "co2" || kind === "pressure" ? ("headspace" as const) : kind === "voltage" ? undefined : kind;
    return replayChannel(id, { quantity, at: { cell }, place, source: { driver: "replay", column: id, unit }, every: `${1 / rate_Hz} s` });
  }),
};

/** Writes `rows` rows; every channel swings slowly about its usual value by a part in a hundred. */
export async function writeRecording(path: string, rows: number): Promise<void> {
  const random = noise(2);
  const file = createWriteStream(path);
  file.write(`time_s,${plan.map(({ id }) => id).join(",")}\n`);
  for (let row = 0; row < rows; row++) {
    const fields = plan.map(({ kind }, n) => {
      const { usual, noise: spread, step } = courses[kind];
      const value = usual * (1 + 0.01 * Math.sin(row / 6000 + n)) + spread * (random() + random() + random() - 1.5);
      return Number((Math.round(value / step) * step).toFixed(4));
    });
    if (!file.write(`${row / rate_Hz},${fields.join(",")}\n`)) await once(file, "drain");
  }
  file.end();
  await once(file, "close");
}
