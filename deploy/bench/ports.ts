/** Whether the bench's ports are free, before anything is started. */
import { once } from "node:events";
import { createServer } from "node:net";
import { Trouble } from "./trouble.ts";

export interface Ports {
  readonly page: number;
  readonly broker: number;
  readonly influxdb: number;
  readonly grafana: number;
}

/** Four ports from `first`. Throws Trouble when another program has one. */
export async function freePorts(first: number): Promise<Ports> {
  const ports = { page: first, broker: first + 1, influxdb: first + 2, grafana: first + 3 };
  for (const [part, port] of Object.entries(ports)) {
    const probe = createServer().listen(port, "127.0.0.1");
    try {
      await once(probe, "listening");
    } catch {
      throw new Trouble(
        `port ${port} (${part}) is taken by another program: stop it, or choose others with --port, such as npm start -- --port ${first + 200}`,
      );
    }
    await new Promise((resolve) => probe.close(resolve));
  }
  return ports;
}
