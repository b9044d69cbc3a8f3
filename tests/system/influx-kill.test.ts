// needs: influxdb
/** A process that writes through the store into a real influxd is killed at fifty random moments: what the spool acknowledged is there, once. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { startInfluxd } from "../support/influxd.ts";
import { delivered, storeStation, watchedStore } from "../support/store.ts";
import { tempFolder } from "../support/temp.ts";

const kills = 50;
const writer = fileURLToPath(new URL("../support/store-writer.ts", import.meta.url));
const base_ns = 1_790_000_000_000_000_000n;

/** Kills the writer after a random time: mostly while it writes, now and then while it starts. Returns the last number it acknowledged. */
async function life(child: ChildProcess, fromStart: boolean, after_ms: number): Promise<number | undefined> {
  let acknowledged: number | undefined;
  const kill = () => setTimeout(() => child.kill("SIGKILL"), after_ms);
  if (fromStart) kill();
  if (child.stdout === null) throw new Error("no output");
  for await (const line of createInterface(child.stdout)) {
    if (line === "open") {
      if (!fromStart) kill();
    } else acknowledged = Number(line);
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  assert.equal(child.signalCode, "SIGKILL", "the writer ended by itself");
  return acknowledged;
}

test("fifty kills lose nothing acknowledged and write nothing twice", async (t) => {
  const influxd = await startInfluxd(t, { database: "offgas" });
  const folder = tempFolder(t);
  const station = storeStation(folder, [{ kind: "influxdb", url: influxd.url, database: "offgas" }]);
  const file = join(folder, "station.json");
  writeFileSync(file, JSON.stringify(station));
  let next = 0;
  const acknowledged: { readonly from: number; readonly to: number }[] = [];
  for (let kill = 0; kill < kills; kill++) {
    const child = spawn(process.execPath, [writer, file, String(next)], { stdio: ["ignore", "pipe", "inherit"] });
    t.after(() => void child.kill("SIGKILL"));
    const fromStart = kill % 10 === 9;
    const last = await life(child, fromStart, Math.random() * (fromStart ? 500 : 350));
    if (last === undefined) continue;
    acknowledged.push({ from: next, to: last });
    next = last + 1;
  }
  const { store, until } = watchedStore(station);
  const { boot, lastStamp_ns } = await store.opened;
  assert.ok(boot > acknowledged.length && boot <= kills + 1, `boot ${boot} counts the starts`);
  assert.ok(lastStamp_ns >= base_ns + BigInt(next - 1) * 1_000_000n, "the newest stamp is remembered");
  await until(delivered);
  assert.equal(await store.close(5), true);

  const stored = new Map<string, string>();
  for (const { time, temperature_degC } of await influxd.query("SELECT temperature_degC FROM sample")) {
    assert.ok(!stored.has(time ?? ""), `two points at ${time}`);
    stored.set(time ?? "", temperature_degC ?? "");
  }
  let missing = 0;
  for (const { from, to } of acknowledged) {
    for (let n = from; n <= to; n++) if (stored.get(String(base_ns + BigInt(n) * 1_000_000n)) !== String(n)) missing++;
  }
  t.diagnostic(`${next} samples acknowledged over ${acknowledged.length} lives, ${stored.size} stored`);
  assert.equal(missing, 0);
  assert.ok(next > 1000, "the writers wrote");
});
