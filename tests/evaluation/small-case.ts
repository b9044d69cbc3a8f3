/** A case of a minute: a cell that stands at 25 °C and is at 70 °C from 30 s on. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import type { StationInput } from "../../edge-agent/contracts/station.ts";
import type { Truth } from "../../edge-agent/contracts/truth.ts";
import { replayChannel } from "../support/station.ts";

export const smallStation: StationInput = {
  version: 1,
  site: "test-lab",
  station: "bench",
  cells: [{ id: "C1", max_temperature: "60 degC" }],
  channels: [replayChannel("C1.t")],
};
export const smallTruth: Truth = { v: 1, kind: "warm", healthy: true, events: [] };
export const smallRows = Array.from({ length: 61 }, (_, time_s) => ({ time_s, values: [time_s < 30 ? 25 : 70] }));

/** Files whose text is undefined are left out. */
export function writeCase(folder: string, files: Readonly<Record<string, string | undefined>> = {}): string {
  mkdirSync(folder, { recursive: true });
  const all: Readonly<Record<string, string | undefined>> = {
    "station.yaml": stringify(smallStation),
    "run.csv": `time_s,C1.t\n${smallRows.map(({ time_s, values }) => `${time_s},${values[0]}`).join("\n")}\n`,
    "truth.json": JSON.stringify(smallTruth),
    ...files,
  };
  for (const [name, text] of Object.entries(all)) if (text !== undefined) writeFileSync(join(folder, name), text);
  return folder;
}
