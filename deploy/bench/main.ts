/**
 * The bench: every part of Offgas on this machine, on a recording, for whoever wants to see it work. `deploy/start.mjs` starts it after the
 * set-up. Servers listen on loopback alone and end with this process, however it ends.
 */
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { isFault } from "../../edge-agent/core/faults.ts";
import { agentOf } from "./agent.ts";
import { holdFolder } from "./data-folder.ts";
import { type Order, orderOf, WrongUsage } from "./order.ts";
import type { Part } from "./part.ts";
import { freePorts } from "./ports.ts";
import { writeStation } from "./scene.ts";
import { openSecrets } from "./secrets.ts";
import { type Bench, brokerOf, grafanaOf, influxdbOf, PAGE_USER, pageOf, type Server } from "./servers.ts";
import { type Row, table } from "./table.ts";
import { Trouble } from "./trouble.ts";

const say = (text: string): void => void process.stdout.write(`${text}\n`);
// A terminal that was closed must not keep the parts from being stopped in order.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

/** npm passes a Ctrl-C on that the terminal has sent already. */
const SAME_INTERRUPT_ms = 1000;

const parts: Part[] = [];
let stopping: number | undefined;
/** A new password that was not told yet: its hash is kept whatever ends this start. */
let unseen: string | undefined;
const newPassword = (password: string): string => `user ${PAGE_USER}, password ${password} (shown this once)`;

async function main(order: Order): Promise<void> {
  const lock = holdFolder(order.data);
  const ports = await freePorts(order.port);
  const { secrets, password } = openSecrets(order.data, order.newPassword);
  unseen = password;
  const station = writeStation(order.plays.station, order.data, ports, secrets);
  const bench: Bench = { data: order.data, lock, ports, secrets, station, say };

  const servers = { broker: brokerOf(bench), InfluxDB: influxdbOf(bench), page: pageOf(bench), Grafana: grafanaOf(bench) };
  const agent = agentOf(bench, order);
  // the agent first: it is the first to stop, so that what it says last is still taken
  parts.push(agent, ...Object.values(servers).flatMap((server) => ("part" in server ? [server.part] : [])));
  await Promise.all([up(servers.broker), up(servers.InfluxDB)]);
  if (stopping !== undefined) return;
  await Promise.all([agent.start(), up(servers.page), up(servers.Grafana)]);
  if (stopping !== undefined) return;

  const rows: Row[] = [
    { part: "page", ...told(servers.page) },
    { part: "agent", state: agentState(order), address: shown(station.path) },
    { part: "broker", ...told(servers.broker) },
    { part: "InfluxDB", ...told(servers.InfluxDB) },
    { part: "Grafana", ...told(servers.Grafana) },
  ];
  say(`\n${table(rows)}\n`);
  unseen = undefined;
  say(
    password === undefined
      ? `  user ${PAGE_USER}, with the password of the first start; npm start -- --new-password makes another`
      : `  ${newPassword(password)}`,
  );
  say("  Ctrl-C stops all of it and loses nothing. Advisory and early trip: no certified protection.\n");
}

function agentState({ plays }: Order): string {
  if (!("recording" in plays)) return plays.simulated ? "up, on simulated chips; not armed" : "up; not armed: npx offgas arm --config";
  const { name, speed, from_s, until_s } = plays;
  const round = Number.isFinite(until_s - from_s) ? ` from ${from_s} to ${until_s} s` : "";
  return `plays ${name} at ${speed} ×${round}, again and again; outputs simulated and armed`;
}

async function up(server: Server): Promise<void> {
  if ("missing" in server) return;
  await server.part.start();
  if (stopping === undefined) await server.prepare?.();
}

const told = (server: Server): Omit<Row, "part"> => ("missing" in server ? { state: server.missing } : { state: server.state, address: server.address });
const shown = (path: string): string => (relative(".", path).startsWith("..") ? path : relative(".", path));

/** Stops every part, the agent first, and ends. */
async function end(code: number, why: string): Promise<void> {
  if (stopping !== undefined) return;
  stopping = performance.now();
  if (unseen !== undefined) say(newPassword(unseen));
  (code === 0 ? process.stdout : process.stderr).write(`npm start: ${why}\n`);
  const [agent, ...others] = parts;
  await agent?.stop();
  await Promise.all(others.map((part) => part.stop()));
  process.exit(code);
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    if (stopping === undefined) return void end(0, "stopping; the next start goes on with the same data");
    if (performance.now() - stopping < SAME_INTERRUPT_ms) return;
    for (const part of parts) part.kill();
    process.exit(1);
  });
}

const args = process.argv.slice(2);
if (args.includes("--help") || args.includes("-h")) process.stdout.write(readFileSync(join(import.meta.dirname, "help.txt")));
else {
  try {
    await main(orderOf(args));
  } catch (error) {
    if (error instanceof WrongUsage) {
      process.stderr.write(`npm start: ${error.message}; see npm start -- --help\n`);
      process.exitCode = 2;
    } else if (error instanceof Trouble || isFault(error) || (error as NodeJS.ErrnoException).syscall !== undefined) await end(1, (error as Error).message);
    else {
      for (const part of parts) part.kill();
      throw error;
    }
  }
}
