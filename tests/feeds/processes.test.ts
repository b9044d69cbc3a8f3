/** Files and simulated sources, each in its own process. */
import assert from "node:assert/strict";
import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { Station } from "../../edge-agent/contracts/station.ts";
import { systemClock as clock } from "../../edge-agent/core/clock.ts";
import { quantityNames, unitsOf } from "../../edge-agent/core/quantities.ts";
import { openFeeds } from "../../edge-agent/feeds/open.ts";
import { watch } from "../bus/watch.ts";
import { tempFolder } from "../support/temp.ts";
import { fed, fedStation } from "./station.ts";

function open(t: TestContext, station: Station, simulated = false) {
  const sources = openFeeds(station, { simulated, clock, origin_s: clock.monotonic_s() });
  t.after(() => {
    for (const source of sources) source.stop();
  });
  return sources;
}

test("a growing table is read in a process for each folder; a folder that is not there costs its own channel", async (t) => {
  const folder = tempFolder(t);
  const file = join(folder, "ch7.csv");
  writeFileSync(file, "Time;Voltage(V);Current(A)\n1;3,60;0\n");
  const column = (column: string, path = file, unit = "V") => ({ driver: "csv-tail", file: path, column, unit });
  const sources = open(
    t,
    fedStation([
      fed("C1.V", column("Voltage(V)"), { every: "200 ms" }),
      fed("C1.I", column("Current(A)", file, "mA"), { quantity: "current", every: "200 ms" }),
      fed("C1.W", column("V", join(folder, "share", "ch8.csv")), { every: "200 ms" }),
    ]),
  );
  assert.deepEqual(
    sources.map((source) => source.counters()[0]?.bus),
    [`csv-tail ${folder}`, `csv-tail ${join(folder, "share")}`],
  );
  const [there, missing] = sources.map((source) => watch(source));
  assert.ok(there && missing);
  await missing.until("its word", ({ all }) => all.length > 0);
  assert.match(missing.all[0]?.detail ?? "", /ch8\.csv: there is no such file yet/);
  for (let n = 0; there.all.length === 0; n++) {
    appendFileSync(file, `${n};3,7;-1500\n`);
    await clock.sleep(0.1);
  }
  assert.deepEqual(
    there.all.slice(0, 2).map(({ channel, raw, reason }) => [channel, raw, reason]),
    [
      [0, 3.7, undefined],
      [1, -1.5, undefined],
    ],
  );
  mkdirSync(join(folder, "share"));
  writeFileSync(join(folder, "share", "ch8.csv"), "V\n3.8\n");
  await missing.until("its row", ({ all }) => all.at(-1)?.raw === 3.8);
  assert.deepEqual([there.restarts, missing.restarts], [[], []]);
});

test("simulated, one process gives every channel a plausible value, whatever its quantity", async (t) => {
  const source = { driver: "mqtt", topic: "t" };
  const channels = quantityNames.map((quantity) => fed(quantity, { ...source, unit: unitsOf(quantity)[0] }, { quantity, every: "50 ms" }));
  const [simulated, ...more] = open(t, fedStation(channels), true);
  assert.ok(simulated !== undefined && more.length === 0);
  const heard = watch(simulated);
  const of = (name: string) => heard.all.filter(({ channel }) => quantityNames[channel] === name).map(({ raw }) => raw ?? Number.NaN);
  await heard.until("some of each", () => quantityNames.every((name) => of(name).length >= 5));
  assert.ok(heard.all.every(({ raw, reason }) => Number.isFinite(raw) && reason === undefined));
  const volts = of("voltage");
  assert.ok(volts.every((value) => value > 3.6 && value < 3.7) && new Set(volts).size > 1, "alive, as a cell at rest");
});

test("a station without such sources starts no process", (t) => {
  const station = fedStation([fed("C1.V", { driver: "replay", column: "v" })]);
  assert.deepEqual([open(t, station), open(t, station, true)], [[], []]);
});
