/** The recorded heater test through the model alone. Times are of the recording; see tests/cases/ul-fsri/README.md for what it does not show. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { parse } from "yaml";
import { parseField, parseTime } from "../../edge-agent/contracts/recording.ts";
import { type Station, stationSchema } from "../../edge-agent/contracts/station.ts";
import { truthSchema } from "../../edge-agent/contracts/truth.ts";
import type { Finding } from "../../edge-agent/core/judgement.ts";
import { toCanonical } from "../../edge-agent/core/quantities.ts";
import { earlyWarning } from "../../models/early-warning.ts";
import type { Evidence, Opinion } from "../../models/opinion.ts";
import { sample } from "./evidence.ts";

const folder = new URL("../cases/ul-fsri/", import.meta.url);
const text = (name: string) => readFileSync(new URL(name, folder), "utf8");
const station = stationSchema.parse(parse(text("station.yaml")));
const truth = truthSchema.parse(JSON.parse(text("truth.json")));

function recorded({ channels }: Station): Evidence[] {
  const [head = "", ...lines] = gunzipSync(readFileSync(new URL("run.csv.gz", folder)))
    .toString()
    .trim()
    .split(/\r?\n/);
  const names = head.split(",");
  const columns = channels.map(({ id, quantity, source }) => {
    assert.ok("column" in source && typeof source.column === "string" && typeof source.unit === "string");
    const [factor, offset] = toCanonical(quantity, source.unit) ?? [Number.NaN, 0];
    return { id, index: names.indexOf(source.column), factor, offset };
  });
  return lines.flatMap((line) => {
    const fields = line.split(",");
    const at_s = parseTime("time_s", fields[0] ?? "");
    if (at_s === undefined) return [];
    const samples = columns.flatMap(({ id, index, factor, offset }) => {
      const field = parseField(fields[index] ?? "");
      return field === undefined || field === "malformed" ? [] : [sample(id, at_s, field.value * factor + offset)];
    });
    return [{ at_s, samples }];
  });
}

const evidence = recorded(station);
const said: { readonly at_s: number; readonly opinion: Opinion }[] = [];
const model = earlyWarning(station);
let state = model.start();
for (const moment of evidence) {
  const [next, opinion] = model.step(state, moment);
  state = next;
  said.push({ at_s: moment.at_s, opinion });
}
const edges = (want: (finding: Finding) => boolean) => {
  const present = new Map<string, boolean>();
  return said.flatMap(({ at_s, opinion }) =>
    opinion.findings.filter(want).flatMap((finding) => {
      const key = `${finding.alarm} ${finding.scope.id} ${finding.by}`;
      const was = present.get(key) ?? false;
      present.set(key, finding.present);
      return finding.present && !was ? [{ ...finding, at_s }] : [];
    }),
  );
};

test("the recording is whole: 5946 seconds, every channel finds its column", () => {
  assert.equal(evidence.length, 5946);
  assert.ok(evidence.every(({ samples }) => samples.length === station.channels.length));
});

test("off-gas is found between 1690 and 1701 s, and nothing before, though H2 drifts from -4 to -17 L/min", () => {
  const gas = edges(({ alarm }) => alarm === "gas-rise" || alarm === "vent");
  const [first] = gas;
  assert.ok(first && first.at_s >= 1690 && first.at_s <= 1701, `${first?.at_s}`);
  assert.equal(first.severity, "warning");
  assert.deepEqual(first.scope, { kind: "pack", id: "box", pack: "box" });
  assert.deepEqual(
    gas.filter(({ at_s, by }) => by === "box.h2_flow" && at_s < 1709),
    [],
  );
});

test("the opened seal of the truth, 1694 s, is told within the minute, of the box since nobody measures which cell", () => {
  const [vent, ...more] = edges(({ alarm }) => alarm === "vent");
  assert.ok(vent && vent.at_s >= 1694 && vent.at_s <= 1754, `${vent?.at_s}`);
  assert.deepEqual([vent.scope.kind, vent.scope.id, vent.severity], ["pack", "box", "warning"]);
  assert.deepEqual(more, []);
});

test("runaway of all nine cells, each within 5 s of its truth and once", () => {
  const runaways = edges(({ alarm }) => alarm === "runaway");
  const expected = truth.events.filter(({ event }) => event === "runaway");
  assert.equal(expected.length, 9);
  assert.equal(runaways.length, 9);
  for (const { cell, time_s } of expected) {
    const found = runaways.find(({ scope }) => scope.cell === cell);
    assert.ok(found && Math.abs(found.at_s - time_s) <= 5, `${cell}: ${found?.at_s}, truth ${time_s}`);
    assert.equal(found.severity, "trip");
    assert.match(found.why.join("; "), /no voltage is measured at C\d; .*so \(c\) alone decided/);
  }
});

test("the heater's warming of a cell without a known surrounding is not called self-heating", () => {
  assert.ok(edges(({ alarm }) => alarm === "self-heating").every(({ at_s }) => at_s > 1764));
  assert.ok(said.every(({ opinion }) => opinion.estimates.every((estimate) => estimate.self_heating_K_per_min === undefined)));
  const heated = said.flatMap(({ opinion }) => opinion.estimates.filter(({ cell, at_s }) => cell === "C5" && at_s < 1690));
  assert.match(heated.at(-1)?.reasons.join("; ") ?? "", /no chamber temperature: heating from outside cannot be told from self-heating/);
});

test("stages: normal, gassing, vented and runaway of the pack and its cells, told at least every 10 s", () => {
  const of = (id: string) => said.flatMap(({ opinion }) => opinion.estimates.filter(({ cell, pack }) => (cell ?? pack) === id));
  assert.deepEqual([...new Set(of("box").map(({ stage }) => stage))], ["normal", "gassing", "vented", "runaway"]);
  assert.deepEqual([...new Set(of("C5").map(({ stage }) => stage))], ["normal", "runaway"]);
  assert.equal(of("C5").find(({ stage }) => stage === "runaway")?.at_s, 1764);
  const times = of("C1").map(({ at_s }) => at_s);
  assert.ok(times.every((at_s, i) => i === 0 || at_s - (times[i - 1] ?? at_s) <= 10));
});
