/** The station's sinks. One that cannot be opened waits and says why; it never keeps the others or the spool from working. */
import type { SinkConfig, Station } from "../contracts/station.ts";
import type { Clock } from "../core/clock.ts";
import { type FaultCode, isFault } from "../core/faults.ts";
import type { Ask } from "./asking.ts";
import { openInfluxSink } from "./influx.ts";
import type { Sink } from "./sink.ts";

/** Sinks of one name are the same sink: the second is left out. */
export async function openSinks(station: Station, boot: number, clock: Clock, ask: Ask): Promise<Sink[]> {
  const sinks = new Map<string, Sink>();
  for (const config of station.sinks) {
    const sink = await openSink(config, station, boot, clock, ask);
    if (sinks.has(sink.name)) await sink.close();
    else sinks.set(sink.name, sink);
  }
  return [...sinks.values()];
}

async function openSink(config: SinkConfig, station: Station, boot: number, clock: Clock, ask: Ask): Promise<Sink> {
  try {
    if (config.kind === "influxdb") return openInfluxSink(config, station, clock);
    const { openMqttSink } = await import("./mqtt.ts"); // its client is loaded only where it is used
    return openMqttSink(config, station, boot, clock, ask);
  } catch (error) {
    return unopened(config, isFault(error) ? error.code : "sink/unreachable", (error as Error).message);
  }
}

/** Takes nothing and says why, until the agent is started again. It keeps no lane: what it would have taken has other takers or none. */
function unopened(config: SinkConfig, code: FaultCode, why: string): Sink {
  const { host } = new URL(config.url);
  return { name: `${config.kind} ${host}`, durable: ["record"], write: async () => ({ kind: "later", code, why }), close: async () => {} };
}
