/**
 * An agent whose spool lies on a small disk of its own (in a mount namespace, so that nothing is left behind): the disk fills up, is mended,
 * and is read-only at the next start. Writes what a person saw as JSON. Arguments: the folder to mount on, and InfluxDB's address.
 */
import { execFileSync } from "node:child_process";
import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { offgas, startAgent } from "./agent.ts";
import { statusWhen, writeStation } from "./agent-station.ts";

const [folder = "", url = ""] = process.argv.slice(2);
execFileSync("mount", ["-t", "tmpfs", "-o", "size=2m", "tmpfs", folder], { stdio: "pipe" });
const { path, socket } = writeStation(folder, { sinks: [`{ kind: influxdb, url: "${url}", database: offgas }`] });
const ends: (() => unknown)[] = [];
const agent = startAgent({ after: (end: () => unknown) => ends.push(end) } as Parameters<typeof startAgent>[0], ["--config", path, "--simulated"]);
try {
  await agent.line(({ event }) => event === "agent-start");
  await statusWhen(socket, ({ buses }) => buses.every(({ reads }) => reads > 0));

  const filler = join(folder, "filler");
  const file = openSync(filler, "w");
  try {
    for (;;) writeSync(file, Buffer.alloc(4096));
  } catch {
    // full
  }
  closeSync(file);
  const raised = await agent.line(({ alarm, state }) => alarm === "agent-degraded:station" && state === "unack");
  const full = await statusWhen(socket, ({ store }) => store.trouble !== undefined);
  const later = await statusWhen(socket, ({ at_s }) => at_s > full.at_s + 5);
  const arming = await offgas("disarm", "--config", path);
  rmSync(filler);
  const mended = await statusWhen(socket, ({ store }) => store.trouble === undefined && store.uncommitted === 0 && store.sinks[0]?.backlog === 0);
  agent.child.kill("SIGTERM");
  const code = await agent.ended;

  execFileSync("mount", ["-o", "remount,ro", folder], { stdio: "pipe" });
  const readOnly = await offgas("run", "--config", path, "--simulated");
  process.stdout.write(
    JSON.stringify({
      raised: raised.msg,
      degraded: agent.log.filter(({ alarm }) => alarm === "agent-degraded:station").map(({ msg }) => msg),
      lost: agent.log.filter(({ alarm }) => alarm?.startsWith("sensor-lost")).length,
      readWhileFull: (later.buses[0]?.reads ?? 0) - (full.buses[0]?.reads ?? 0),
      arming,
      mended: mended.store,
      reads: mended.buses.reduce((sum, bus) => sum + bus.reads, 0),
      code,
      stderr: agent.stderr(),
      readOnly,
    }),
  );
} finally {
  for (const end of ends) await end();
}
