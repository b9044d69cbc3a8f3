/** Stations for tests, through the real schema. */
import { type Station, type StationInput, stationSchema } from "../../edge-agent/contracts/station.ts";

type ChannelInput = StationInput["channels"][number];

export const replayChannel = (id: string, more: Partial<ChannelInput> = {}): ChannelInput => ({
  id,
  quantity: "temperature",
  at: { cell: "C1" },
  source: { driver: "replay", column: id, unit: "degC" },
  ...more,
});

export function station(more: Partial<StationInput> = {}): Station {
  return stationSchema.parse({
    version: 1,
    site: "test-lab",
    station: "bench",
    cells: [{ id: "C1", max_temperature: "60 degC" }],
    channels: [replayChannel("C1.t")],
    ...more,
  });
}
