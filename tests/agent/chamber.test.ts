/** The example of a full chamber: the real agent on all 64 channels, and on its Modbus instruments against a real Modbus server. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { parse, stringify } from "yaml";
import type { StationInput } from "../../edge-agent/contracts/station.ts";
import { stationSchema } from "../../edge-agent/contracts/station.ts";
import type { Sample } from "../../edge-agent/core/sample.ts";
import { offgas, startAgent } from "../support/agent.ts";
import { statusWhen, stored } from "../support/agent-station.ts";
import { serveModbus } from "../support/modbus-server.ts";
import { tempFolder } from "../support/temp.ts";

const example = join(import.meta.dirname, "../../deploy/examples/chamber-16.yaml");
const file = parse(readFileSync(example, "utf8")) as StationInput;
const station = stationSchema.parse(file);
const nobody = { kind: "influxdb", url: "http://127.0.0.1:9", database: "offgas" } as const;

/** Runs the agent until each bus has been read for `for_s` of its time; what it measured. Deadlines are such that processes keep on a machine that runs other tests too. */
async function measured(t: TestContext, changed: StationInput, for_s: number, ...more: string[]): Promise<Sample[]> {
  const folder = tempFolder(t);
  const directory = join(folder, "spool");
  const path = join(folder, "station.yaml");
  const buses = changed.buses?.map((bus) => ({ ...bus, deadline: "5 s" }));
  writeFileSync(path, stringify({ ...changed, buses, sinks: [nobody], spool: { directory, commit: "100 ms" } }));
  const agent = startAgent(t, ["--config", path, ...more]);
  await agent.line(({ event }) => event === "agent-start");
  const socket = join(directory, "offgas.sock");
  const begun = await statusWhen(socket, ({ buses }) => buses.every(({ reads }) => reads > 0));
  const status = await statusWhen(socket, ({ at_s }) => at_s > begun.at_s + for_s);
  agent.child.kill("SIGINT");
  assert.equal(await agent.ended, 0, agent.stderr());
  assert.deepEqual(
    status.buses.map(({ bus_restarts }) => bus_restarts),
    status.buses.map(() => 0),
  );
  return stored(directory).samples;
}

/** Every channel gives good numbers, or such as are warming up, one for each of its beats but for those that a loaded machine skips. */
function judge(samples: readonly Sample[], ids: readonly string[]): void {
  for (const channel of station.channels.filter(({ id }) => ids.includes(id))) {
    const own = samples.filter((sample) => sample.channel === channel.id);
    const fine = own.filter(({ quality, reason }) => quality === "good" || reason === "warming-up");
    assert.ok(fine.length >= 2, `${channel.id}: ${own.length} samples: ${own.map(({ reason }) => reason).slice(0, 5)}`);
    const stale = own.filter(({ reason }) => reason === "stale"); // a chip that takes longer to begin than three of its periods
    assert.equal(fine.length + stale.length, own.length, `${channel.id}: ${own.find(({ reason }) => reason !== "none")?.reason}`);
    const gaps_s = fine.slice(1).map(({ at_s }, index) => at_s - (fine[index]?.at_s ?? 0));
    const usual_s = gaps_s.sort((a, b) => a - b)[gaps_s.length >> 1] ?? 0;
    assert.ok(Math.abs(usual_s / channel.every_s - 1) < 0.5, `${channel.id}: usually ${usual_s.toFixed(3)} s between samples, not ${channel.every_s}`);
  }
}

test("the example has 64 channels, most of them at 10 Hz, on three I2C buses and one of Modbus, and `check` finds nothing to say against it", async () => {
  assert.equal(station.channels.length, 64);
  assert.equal(station.cells.length, 16);
  assert.equal(station.channels.filter(({ every_s }) => every_s === 0.1).length, 40);
  assert.deepEqual(
    station.buses.map(({ kind }) => kind),
    ["i2c", "i2c", "i2c", "modbus-tcp"],
  );
  const { code, stderr } = await offgas("check", example);
  assert.deepEqual([code, stderr], [0, ""]);
});

test("on simulated chips all 64 channels deliver at their pace", async (t) => {
  const samples = await measured(t, file, 16, "--simulated");
  judge(
    samples,
    station.channels.map(({ id }) => id),
  );
});

/** A Midas as unit 1 and the cycler as unit 2, as the example describes them. */
function instruments(unit: number, register: number): number | undefined {
  const beats = Math.floor(Date.now() / 2000);
  if (unit === 1) return [1 + (beats % 2) * 0x800, 0x2107, 0xcccd, 0x3ecc, 4, 0, 0x0101, 24, 9000, beats & 0xffff, 500][register];
  if (register < 32) return register % 2 === 0 ? 37_000 + register : 65_536 - 1500; // 0.1 mV and mA
  return register === 40 ? 0x8000 : register === 41 ? 0x41cc : undefined; // 25.5625, low word first
}

test("the Modbus channels of the example come from a real server, at their pace and in the right units", async (t) => {
  const { port } = await serveModbus(t, instruments);
  const channels = file.channels.filter(({ source }) => (source as { bus?: string }).bus === "instruments");
  const buses = [{ id: "instruments", kind: "modbus-tcp" as const, host: "127.0.0.1", port }];
  const { limits: _limits, outputs: _outputs, interlocks: _interlocks, ...rest } = file;
  const samples = await measured(t, { ...rest, buses, channels }, 6);
  const ids = channels.map(({ id }) => id);
  assert.equal(ids.length, 34);
  judge(samples, ids);
  const last = (id: string): number | undefined => samples.findLast(({ channel }) => channel === id)?.value;
  assert.ok(Math.abs((last("C01.voltage") ?? 0) - 3.7) < 1e-9);
  assert.ok(Math.abs((last("C16.voltage") ?? 0) - 3.703) < 1e-9);
  assert.equal(last("C16.current"), -1.5);
  assert.equal(last("P1.air"), 25.5625);
  assert.ok(Math.abs((last("P1.hf") ?? 0) - 0.4) < 1e-6);
});
