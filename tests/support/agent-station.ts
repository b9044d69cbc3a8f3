/** A station of two buses with simulated chips, as a file, and what a test asks of the agent that runs it. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SourceCounters } from "../../edge-agent/bus/source.ts";
import { sendCommand } from "../../edge-agent/commands/client.ts";
import type { Entry } from "../../edge-agent/core/entry.ts";
import type { Sample } from "../../edge-agent/core/sample.ts";
import type { StoreStatus } from "../../edge-agent/spool/store.ts";
import { openSpool, pending } from "./spool.ts";

/** The discard port: nobody answers, and what is measured stays in the spool. */
export const nobody = "influxdb http://127.0.0.1:9/offgas";
const nobodySink = '{ kind: influxdb, url: "http://127.0.0.1:9", database: offgas }';

/** MCP9601 at 0x67 on i2c-1; MCP9601 at 0x66 and SCD41 at 0x62 on i2c-2. Periods that the chips keep. */
export const periods_s = { "C1.surface": 1, "C1.tab": 1, "box.co2": 5 } as const;

export interface StationFile {
  readonly path: string;
  readonly spool: string;
  readonly socket: string;
}

export function writeStation(
  folder: string,
  more: { readonly sinks?: readonly string[]; readonly deadline?: string; readonly spool?: string } = {},
): StationFile {
  const { sinks = [nobodySink], deadline = "500 ms", spool = join(folder, "spool") } = more;
  const path = join(folder, "station.yaml");
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    path,
    `version: 1
site: lab
station: trouble
cells: [{ id: C1, max_temperature: 60 degC }]
buses:
  - { id: i2c-1, kind: i2c, device: 1, deadline: ${deadline} }
  - { id: i2c-2, kind: i2c, device: 2, deadline: ${deadline} }
channels:
  - { id: C1.surface, quantity: temperature, at: { cell: C1 }, source: { driver: mcp9601, bus: i2c-1, address: 0x67 }, every: 1 s }
  - { id: C1.tab, quantity: temperature, at: { cell: C1 }, source: { driver: mcp9601, bus: i2c-2, address: 0x66 }, every: 1 s }
  - { id: box.co2, quantity: co2, at: { station: true }, source: { driver: scd41, bus: i2c-2, address: 0x62 }, every: 5 s }
outputs:
  - { id: cycler, kind: simulated, energised_means: permit }
sinks:
${sinks.map((sink) => `  - ${sink}`).join("\n")}
spool: { directory: ${spool}, budget: 50 MB, commit: 100 ms }
`,
  );
  return { path, spool, socket: join(spool, "offgas.sock") };
}

export interface Status {
  readonly at_s: number;
  readonly alarms: readonly { readonly id: string; readonly active: boolean; readonly why: readonly string[] }[];
  readonly store: StoreStatus;
  readonly buses: readonly SourceCounters[];
}

/** What the agent says of itself, at the first look for which the condition holds. Its door may open a little after its first word. */
export async function statusWhen(socket: string, condition: (status: Status) => boolean): Promise<Status> {
  for (let unheard = 0; ; ) {
    try {
      const status = (await sendCommand(socket, "status", {}, { actor: "test", role: "viewer" })).result as Status;
      if (condition(status)) return status;
      unheard = 0;
    } catch (error) {
      if (unheard++ > 100) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** What waits in the spool of an agent that has ended, for a sink that nobody answers for. */
export function stored(directory: string, sink = nobody): { samples: Sample[]; record: Entry[] } {
  const spool = openSpool(directory, { takers: [{ name: sink, durable: ["record", "state", "sample"] }] });
  try {
    return {
      samples: pending(spool, "sample", sink).flatMap((entry) => (entry.type === "sample" ? [entry.sample] : [])),
      record: pending(spool, "record", sink),
    };
  } finally {
    spool.close();
  }
}
