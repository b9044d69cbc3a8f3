/** Stations and moments to look at on the page. */
import { ulid } from "ulid";
import type { Station } from "../../edge-agent/contracts/station.ts";
import type { Alarm } from "../../edge-agent/core/judgement.ts";
import { replayChannel, station } from "./station.ts";

/** As many cells as asked, a thermometer and a voltage each, and gas, pressure and flow around them. */
export function cellsAndGas(count: number): Station {
  const cells = Array.from({ length: count }, (_, index) => `C${index + 1}`);
  return station({
    cells: cells.map((id) => ({ id, pack: "box", max_temperature: "60 degC" })),
    packs: [{ id: "box", gas_space: { free_volume: "unknown", atmosphere: "air", sealed: false, leak_rate: "unknown" } }],
    channels: [
      ...cells.map((cell) => replayChannel(`${cell}.surface`, { at: { cell } })),
      ...cells
        .slice(0, 4)
        .map((cell) => replayChannel(`${cell}.voltage`, { quantity: "voltage", at: { cell }, source: { driver: "replay", column: `${cell}.v`, unit: "V" } })),
      ...(["co2", "h2", "hf", "voc"] as const).map((gas) =>
        replayChannel(`box.${gas}`, { quantity: gas, at: { pack: "box" }, source: { driver: "replay", column: gas, unit: "ppm" } }),
      ),
      replayChannel("box.pressure", { quantity: "pressure", at: { pack: "box" }, source: { driver: "replay", column: "p", unit: "kPa" } }),
      replayChannel("box.flow", { quantity: "flow", at: { pack: "box" }, source: { driver: "replay", column: "f", unit: "L/min" } }),
    ],
  });
}

export const cellAlarm = (alarm: Alarm["alarm"], cell: string, more: Partial<Alarm> = {}): Partial<Alarm> => ({
  id: `${alarm}:${cell}`,
  occurrence: ulid(),
  alarm,
  scope: { kind: "cell", id: cell, cell, pack: "box" },
  ...more,
});
