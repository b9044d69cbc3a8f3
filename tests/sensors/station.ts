/** Station files for bus tests: what stands on which bus. */
import { type Station, stationSchema } from "../../edge-agent/contracts/station.ts";

type ChannelInput = Record<string, unknown>;

export function chip(
  id: string,
  quantity: string,
  driver: string,
  bus: string,
  address: number,
  { every = "1 s", ...source }: Record<string, unknown> = {},
): ChannelInput {
  return { id, quantity, at: { cell: "C1" }, source: { driver, bus, address, ...source }, every };
}

export function stationOf(channels: readonly ChannelInput[]): Station {
  const buses = [1, 2].map((device) => ({ id: `i2c-${device}`, kind: "i2c", device, deadline: "250 ms" }));
  return stationSchema.parse({ version: 1, site: "lab", station: "one", cells: [{ id: "C1" }], buses, channels });
}
