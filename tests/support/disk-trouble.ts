/**
 * A process with a small disk of its own (a mount namespace, so that nothing is left behind): fills it, mends it, makes it read-only.
 * Writes what it saw as JSON. Argument: the folder to mount on.
 */
import { execFileSync } from "node:child_process";
import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { StoreStatus } from "../../edge-agent/spool/store.ts";
import { alarmEntry, sampleEntry } from "./entries.ts";
import { openSpool, pending } from "./spool.ts";
import { storeStation, watchedStore } from "./store.ts";

const folder = process.argv[2] ?? "";
const mount = (...options: string[]) => execFileSync("mount", ["-t", "tmpfs", ...options, "tmpfs", folder], { stdio: "pipe" });
const sinks = [{ kind: "influxdb" as const, url: "http://127.0.0.1:9", database: "offgas" }]; // the discard port: nobody answers
const name = "influxdb http://127.0.0.1:9/offgas";
const told = (status: StoreStatus | undefined) => `${status?.trouble?.code}: ${status?.trouble?.why}`;

mount("-o", "size=4m");
const filler = join(folder, "filler");
const { store, until } = watchedStore(storeStation(folder, sinks));
await store.opened;
let acknowledged = 0;
await store.journal(Array.from({ length: 100 }, () => sampleEntry({ value: acknowledged++ })));

const file = openSync(filler, "w");
try {
  for (;;) writeSync(file, Buffer.alloc(4096));
} catch {
  // full
}
closeSync(file);
const full = until((status) => status.trouble !== undefined);
let appended = 0;
while (store.status().trouble === undefined) {
  store.append(Array.from({ length: 2000 }, () => sampleEntry({ value: Math.random() })));
  appended += 2000;
  await new Promise((resolve) => setTimeout(resolve, 30));
}
const whenFull = told(await full);
// Alarms go on: samples make room for them, or memory holds them.
store.append([alarmEntry({ id: "vent:C9" })]);
rmSync(filler);
await until((status) => status.trouble === undefined && status.uncommitted === 0);
const afterFull = store.status();

const last = store.status();
const complete = await store.close(5);

execFileSync("mount", ["-o", "remount,ro", folder], { stdio: "pipe" });
const readOnly = watchedStore(storeStation(folder, sinks)).store;
const refused = await readOnly.opened.then(() => "opened", String);
await readOnly.close(1);
execFileSync("mount", ["-o", "remount,rw", folder], { stdio: "pipe" });

const spool = openSpool(folder, { takers: [{ name, durable: ["record", "state", "sample"] }] });
const samples = pending(spool, "sample", name).length;
const alarms = pending(spool, "record", name).filter((entry) => entry.type === "alarm").length;
spool.close();
process.stdout.write(
  JSON.stringify({
    acknowledged,
    appended,
    whenFull,
    refused,
    complete,
    evicted: last.evicted,
    dropped: last.dropped,
    afterFull: afterFull.dropped,
    samples,
    alarms,
  }),
);
