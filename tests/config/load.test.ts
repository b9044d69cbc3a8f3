import assert from "node:assert/strict";
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { stringify } from "yaml";
import { describe } from "../../edge-agent/config/describe.ts";
import { loadStation, readStationFile } from "../../edge-agent/config/load.ts";
import { secretFiles } from "../../edge-agent/config/secret-files.ts";
import type { CsvTailSource, MqttConfig } from "../../edge-agent/contracts/station.ts";
import { systemClock } from "../../edge-agent/core/clock.ts";
import { Fault } from "../../edge-agent/core/faults.ts";
import { tempFolder } from "../support/temp.ts";
import { base } from "./base.ts";

const example = join(import.meta.dirname, "../../deploy/station.example.yaml");

test("the documented example has no error", () => {
  const read = readStationFile(example);
  assert.deepEqual(read.ok ? [] : read.errors, []);
});

test("the golden station has neither error nor warning", () => {
  assert.deepEqual(readStationFile(join(import.meta.dirname, "../contracts/golden/station.yaml")), {
    ok: true,
    station: loadedAsWritten(),
    warnings: [],
  });
});

function loadedAsWritten() {
  const read = readStationFile(join(import.meta.dirname, "../contracts/golden/station.yaml"));
  assert.ok(read.ok);
  assert.equal(read.station.spool?.directory, "spool");
  return read.station;
}

test("relative paths are those of the station file's folder, through a link too; absolute ones stay", (t) => {
  const folder = tempFolder(t);
  const written = base();
  const commander = { actor: "page", role: "operator", key_file: "page.key" } as const;
  written.sinks.push({ kind: "mqtt", url: "mqtts://127.0.0.1", user: "u", password_file: "/etc/secret", ca_file: "./ca/ca.crt", commands: [commander] });
  written.channels.push({ id: "C1.V", quantity: "voltage", at: { cell: "C1" }, source: { driver: "csv-tail", file: "cycler/7.csv", column: "V", unit: "V" } });
  writeFileSync(join(folder, "station.yaml"), stringify(written));
  mkdirSync(join(folder, "elsewhere"));
  symlinkSync(join(folder, "elsewhere"), join(folder, "linked"));
  const station = loadStation(join(folder, "station.yaml"));
  assert.equal(station.sinks[0]?.password_file, join(folder, "influx"));
  assert.equal(station.sinks[1]?.password_file, "/etc/secret");
  assert.deepEqual((station.sinks[1] as MqttConfig).commands, [{ ...commander, key_file: join(folder, "page.key") }]);
  assert.equal(station.sinks[1]?.ca_file, join(folder, "ca/ca.crt"));
  assert.equal(station.spool?.directory, join(folder, "spool"));
  assert.equal((station.channels[3]?.source as CsvTailSource | undefined)?.file, join(folder, "cycler/7.csv"));
  writeFileSync(join(folder, "linked", "station.yaml"), stringify(written));
  assert.equal(loadStation(join(folder, "linked", "station.yaml")).spool?.directory, join(folder, "linked", "spool"));
});

const faultOf = (path: string): Fault => {
  try {
    loadStation(path);
  } catch (error) {
    assert.ok(error instanceof Fault);
    return error;
  }
  return assert.fail("no fault");
};

test("what is no station file is said in one line", (t) => {
  const folder = tempFolder(t);
  writeFileSync(join(folder, "latin1"), Uint8Array.of(0x73, 0xe9));
  writeFileSync(join(folder, "huge"), "#".repeat(1_000_001));
  const expected = {
    missing: /there is no such file$/,
    "": /this is not a file/,
    latin1: /not a text file in UTF-8$/,
    huge: /larger than 1000000 Bytes/,
    "latin1/x": /part of the path/,
  };
  for (const [file, words] of Object.entries(expected)) {
    const fault = faultOf(join(folder, file));
    assert.equal(fault.code, "config/unreadable");
    assert.match(fault.message, words);
    assert.ok(!fault.message.includes("\n"));
  }
});

test("an invalid station is a fault with a line per error and none for warnings", (t) => {
  const path = join(tempFolder(t), "station.yaml");
  const written = base();
  written.site = "Lab";
  written.channels[0].evry = "1 s";
  delete written.channels[2].t90;
  writeFileSync(path, stringify(written));
  const { code, message } = faultOf(path);
  assert.equal(code, "config/invalid");
  const [head, ...lines] = message.split("\n");
  assert.equal(head, `${path} has 2 errors`);
  assert.deepEqual(
    lines.map((line) => line.slice(0, path.length + 5)),
    [`${path}:2:7:`, `${path}:${lineOf(path, "evry")}:5:`].map((line) => line.slice(0, path.length + 5)),
  );
});

const lineOf = (path: string, text: string): number =>
  readFileSync(path, "utf8")
    .split("\n")
    .findIndex((line) => line.includes(text)) + 1;

test("secret files that are missing, open to others or no files are warned of", (t) => {
  const folder = tempFolder(t);
  const path = join(folder, "station.yaml");
  writeFileSync(path, stringify(base()));
  const warnings = () => readStationFile(path, systemClock, [secretFiles(folder)]).warnings.map(({ path, message }) => `${path}: ${message}`);
  assert.match(warnings().join("\n"), /^sinks\[0\]\.password_file: "influx": there is no such file yet/);
  writeFileSync(join(folder, "influx"), "secret");
  chmodSync(join(folder, "influx"), 0o644);
  assert.match(warnings().join("\n"), /^sinks\[0\]\.password_file: "influx": every user of this machine can open it/);
  chmodSync(join(folder, "influx"), 0o640);
  assert.deepEqual(warnings(), []);
  const commands = [{ actor: "page", role: "operator", key_file: "page.key" }];
  writeFileSync(path, stringify({ ...base(), sinks: [...base().sinks, { kind: "mqtt", url: "mqtts://broker", commands }] }));
  writeFileSync(join(folder, "page.key"), "secret");
  chmodSync(join(folder, "page.key"), 0o604);
  assert.match(
    warnings().join("\n"),
    /^sinks\[1\]\.commands\[0\]\.key_file: "page\.key": every user of this machine can open it; take that away with chmod o=$/,
  );
});

test("a station is described with its channels, limits, outputs, sinks and how long its spool lasts", () => {
  const read = readStationFile(example);
  assert.ok(read.ok);
  const text = describe(read.station);
  for (const words of [
    /C07\.surface_temperature +temperature +degC +mcp9601 on i2c-1 at 0x67 +every 1 s +leading, essential/,
    /over-temperature +C07\.surface_temperature +over 130 degC +alarm +planned oven ramp/,
    /toxic-gas +P1\.co2 +over 30000 ppm/,
    /heater-permit .* opens on runaway \(protect\), coverage-lost \(stop\)/,
    /heartbeat .* toggles every 1 s/,
    /influxdb +http:\/\/127\.0\.0\.1:8086 +v1, database offgas/,
    /8000 MB hold about \d+ days of 4\.7 samples\/s/,
  ])
    assert.match(text, words);
  assert.ok(!text.includes("undefined"));
});

test("a channel that asks for more than its chip measures goes at the chip's pace", (t) => {
  const path = join(tempFolder(t), "station.yaml");
  const written = base();
  written.channels[2].every = "1 s";
  writeFileSync(path, stringify(written));
  assert.deepEqual(
    loadStation(path).channels.map(({ source, every_s }) => [source.driver, every_s]),
    [
      ["mcp9601", 1],
      ["mcp9601", 1],
      ["scd41", 5],
    ],
  );
});

test("a password in an address that is no address is not printed", (t) => {
  const path = join(tempFolder(t), "station.yaml");
  const written = base();
  written.sinks.push({ kind: "mqtt", url: "http://bob:hunter2@broker:1883" });
  writeFileSync(path, stringify(written));
  assert.throws(
    () => loadStation(path),
    (error: Error) => error.message.includes("http://…@broker:1883") && !error.message.includes("hunter2"),
  );
});
