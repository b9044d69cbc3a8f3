/** A case's station file with the bench's sinks and spool in it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "yaml";
import type { Ports } from "./ports.ts";
import { type Secrets, writePrivate } from "./secrets.ts";
import { Trouble } from "./trouble.ts";

export interface StationOfScene {
  readonly path: string;
  readonly site: string;
  readonly station: string;
}

export const DATABASE = "offgas";

/** Writes `station.yaml` and the secret files that it names into `data`. Throws Trouble. */
export function writeStation(source: string, data: string, ports: Ports, secrets: Secrets): StationOfScene {
  const document = parseDocument(readFileSync(source, "utf8"));
  const { site, station } = document.toJS() as { site: unknown; station: unknown };
  if (document.errors.length > 0 || typeof site !== "string" || typeof station !== "string")
    throw new Trouble(`${source} is no station file: offgas check ${source} says why`);
  const secret = (name: string, text: string): string => {
    const file = join(data, name);
    writePrivate(file, text);
    return file;
  };
  document.set("sinks", [
    {
      kind: "influxdb",
      url: `http://127.0.0.1:${ports.influxdb}`,
      database: DATABASE,
      user: "agent",
      password_file: secret("influxdb.password", secrets.influxdb.agent),
    },
    {
      kind: "mqtt",
      url: `mqtt://127.0.0.1:${ports.broker}`,
      user: "agent",
      password_file: secret("mqtt.password", secrets.mqtt.agent),
      commands: [{ actor: "page", role: "operator", key_file: secret("page.key", secrets.command_key) }],
    },
  ]);
  document.set("spool", { directory: join(data, "spool"), budget: "200 MB" });
  const path = join(data, "station.yaml");
  writePrivate(path, `# Made by npm start from ${source}\n${document}`);
  return { path, site, station };
}
