/** A real influxd 1.x on free loopback ports, in a folder of its own, ended with the test. Small caches, so that several fit on a small machine. */
import { type ChildProcess, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { parse } from "csv-parse/sync";
import { influxdbConfig, prepareInfluxdb } from "../../deploy/bench/influxdb.ts";
import { freePort } from "./mosquitto.ts";
import { endChild } from "./processes.ts";
import { tempFolder } from "./temp.ts";

export interface InfluxdOptions {
  /** Made on start; none where left out. */
  readonly database?: string;
  /** Requires passwords: an administrator `admin`, and users who may write the database. */
  readonly auth?: { readonly admin: string; readonly writers: Readonly<Record<string, string>> };
}

export interface Influxd {
  readonly port: number;
  readonly url: string;
  kill(): Promise<void>;
  stop(): Promise<void>;
  /** On the same port and data. */
  start(): Promise<void>;
  /** Rows of an InfluxQL query, every value as text; stamps in nanoseconds, which JSON numbers cannot carry. */
  query(q: string, database?: string): Promise<Record<string, string>[]>;
}

export async function startInfluxd(t: Pick<TestContext, "after">, options: InfluxdOptions = {}): Promise<Influxd> {
  const folder = tempFolder(t);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const config = join(folder, "influx.conf");
  writeFileSync(config, influxdbConfig({ folder, port, auth: options.auth !== undefined }));
  let child: ChildProcess | undefined;
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const ending = child;
    child = undefined;
    await endChild(ending, signal);
  };
  const start = async (): Promise<void> => {
    const starting = spawn("influxd", ["-config", config], { stdio: ["ignore", "ignore", "pipe"] });
    child = starting;
    let said = "";
    starting.stderr?.on("data", (bytes) => {
      said = `${said}${bytes}`.slice(-4000);
    });
    while ((await fetch(`${url}/ping`).catch(() => undefined))?.status !== 204) {
      if (starting.exitCode !== null) throw new Error(`influxd ended: ${said}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const query = async (q: string, database = options.database ?? ""): Promise<Record<string, string>[]> => {
    const login = options.auth === undefined ? undefined : { authorization: `Basic ${Buffer.from(`admin:${options.auth.admin}`).toString("base64")}` };
    const body = new URLSearchParams({ db: database, q, epoch: "ns" });
    const answer = await fetch(`${url}/query`, { method: "POST", body, headers: { accept: "application/csv", ...login } });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`influxd answers ${answer.status}: ${text}`);
    // One table a statement; a series with other columns begins a new header.
    return text
      .split(/\n(?=name,tags)/)
      .flatMap((table) => parse(table, { columns: true, skip_empty_lines: true, relax_column_count: true }) as Record<string, string>[]);
  };
  t.after(() => end("SIGKILL"));
  await start();
  if (options.auth !== undefined && options.database !== undefined) {
    await prepareInfluxdb(url, options.database, { readers: {}, ...options.auth });
  } else if (options.database !== undefined) await query(`CREATE DATABASE "${options.database}"`, "");
  return { port, url, kill: () => end("SIGKILL"), stop: () => end("SIGTERM"), start, query };
}
