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

/** Buses `i2c-1` and `i2c-2`; `device` is that of the first. The deadline is one that processes keep on a machine that runs other tests too. */
export function stationOf(channels: readonly ChannelInput[], device = 1): Station {
  const buses = [device, 2].map((each, index) => ({ id: `i2c-${index + 1}`, kind: "i2c", device: each, deadline: "750 ms" }));
  return stationSchema.parse({ version: 1, site: "lab", station: "one", cells: [{ id: "C1" }], buses, channels });
}
