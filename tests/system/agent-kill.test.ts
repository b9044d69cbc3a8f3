// needs: influxdb
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { parse } from "csv-parse/sync";
import { sendCommand } from "../../edge-agent/commands/client.ts";
import { loadStation } from "../../edge-agent/config/load.ts";
import { systemClock } from "../../edge-agent/core/clock.ts";
import { replayColumns } from "../../edge-agent/recording/columns.ts";
import { startAgent } from "../support/agent.ts";
import { startInfluxd } from "../support/influxd.ts";
import { tempFolder } from "../support/temp.ts";

const KILLS = 50;
/** Ten rows of fifteen channels a second, committed every 20 ms: between two rows the spool has acknowledged everything now and then. */
const SPEED = 10;
const caseFolder = new URL("../cases/ul-fsri/", import.meta.url);

interface Status {
  readonly store: { readonly uncommitted: number };
  readonly buses: readonly { readonly reads: number }[];
}

/** The same moments in every run of this test. */
function* chances(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state / 2 ** 32;
  }
}

test(`${KILLS} kills at random moments: every sample that the spool acknowledged is in InfluxDB, once`, async (t) => {
  const folder = tempFolder(t);
  const influxd = await startInfluxd(t, { database: "offgas" });
  mkdirSync(join(folder, "spool"));
  const station = join(folder, "station.yaml");
  const sinks = `sinks:\n  - { kind: influxdb, url: "${influxd.url}", database: offgas }\nspool: { directory: spool, budget: 50 MB, commit: 20 ms }\n`;
  writeFileSync(station, `${readFileSync(new URL("station.yaml", caseFolder), "utf8")}\n${sinks}`);
  const input = new URL("run.csv.gz", caseFolder).pathname;
  const recording = parse(gunzipSync(readFileSync(input)), { columns: true, relax_column_count: true }) as Record<string, string>[];
  const channels = sourcesOf(station).map(({ id, column, factor }) => ({ id, values: recording.map((row) => Number(row[column]) * factor) }));

  const chance = chances(20_261_123);
  const runs: { from_s: number; began_ns: bigint; acknowledged: number }[] = [];
  const socket = join(folder, "spool", "offgas.sock");
  for (let kill = 0; kill < KILLS; kill++) {
    const from_s = kill * 100;
    const began_ns = systemClock.wall_ns();
    const agent = startAgent(t, ["--config", station, "--input", input, "--speed", String(SPEED), "--from", String(from_s)]);
    await agent.line(({ event }) => event === "agent-start");
    const until_s = systemClock.monotonic_s() + 0.1 + chance.next().value * 0.9;
    let acknowledged = 0;
    while (systemClock.monotonic_s() < until_s) {
      const reply = await sendCommand(socket, "status", {}, { actor: "oracle", role: "viewer" });
      assert.ok(reply.ok, reply.text);
      const { store, buses } = reply.result as Status;
      if (store.uncommitted === 0) acknowledged = buses[0]?.reads ?? 0;
      await systemClock.sleep(0.005);
    }
    agent.child.kill("SIGKILL");
    await agent.ended;
    runs.push({ from_s, began_ns, acknowledged });
  }
  assert.ok(runs.filter(({ acknowledged }) => acknowledged > 0).length > KILLS / 2, "the oracle saw acknowledgements");

  // the last start delivers what the kills left; its own rows are outside the oracle's count
  const ended_ns = systemClock.wall_ns();
  const last = startAgent(t, ["--config", station, "--input", input, "--speed", "100", "--from", "5900", "--until", "5910"]);
  assert.equal(await last.ended, 0, last.stderr());

  const found = await Promise.all(
    channels.map(async ({ id }) => {
      const rows = await influxd.query(`SELECT "raw" FROM "sample" WHERE "channel"='${id}'`);
      return rows.map((row) => ({ stamp_ns: BigInt(row.time ?? 0), raw: Number(row.raw) }));
    }),
  );
  let delivered = 0;
  for (const [index, { from_s, began_ns, acknowledged }] of runs.entries()) {
    const until_ns = runs[index + 1]?.began_ns ?? ended_ns;
    let here = 0;
    for (const [lane, { id, values }] of channels.entries()) {
      const got = (found[lane] ?? []).filter(({ stamp_ns }) => stamp_ns >= began_ns && stamp_ns < until_ns).map(({ raw }) => raw);
      assert.deepEqual(got, values.slice(from_s, from_s + got.length), `run ${index}, ${id}: the recording's rows from ${from_s} s, in order, each once`);
      here += got.length;
    }
    assert.ok(here >= acknowledged, `run ${index}: ${acknowledged} samples were acknowledged, ${here} are in InfluxDB`);
    delivered += here;
  }
  t.diagnostic(`${runs.reduce((sum, run) => sum + run.acknowledged, 0)} samples acknowledged before ${KILLS} kills, ${delivered} delivered`);
});

function sourcesOf(path: string): { id: string; column: string; factor: number }[] {
  const { channels } = loadStation(path);
  return replayColumns(channels).map(({ channel, column, factor }) => ({ id: channels[channel]?.id ?? "", column, factor }));
}
