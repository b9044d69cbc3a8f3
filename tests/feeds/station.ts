/** Stations whose channels are fed by others. */
import { type Station, stationSchema } from "../../edge-agent/contracts/station.ts";

type Loose = Record<string, unknown>;

export const fed = (id: string, source: Loose, more: Loose = {}): Loose => ({
  id,
  quantity: "voltage",
  at: { cell: "C1" },
  source: { unit: "V", ...source },
  ...more,
});

export const fedStation = (channels: readonly Loose[], more: Loose = {}): Station =>
  stationSchema.parse({ version: 1, site: "lab", station: "one", cells: [{ id: "C1" }], channels, ...more });
