import assert from "node:assert/strict";
import { test } from "node:test";
import type { Reason } from "../../edge-agent/core/reasons.ts";
import type { Sample } from "../../edge-agent/core/sample.ts";
import { Coverage } from "../../edge-agent/pipeline/coverage.ts";
import { replayChannel, station } from "../support/station.ts";

const sample = (channel: string, reason: Reason = "none"): Sample => ({
  channel,
  at_s: 0,
  stamp_ns: 0n,
  bound: 0,
  quality: reason === "none" ? "good" : reason === "stuck" ? "uncertain" : "bad",
  reason,
});

test("one bad reading is noise, the third in a row is a lost sensor, and a good one brings it back", () => {
  const coverage = new Coverage(station().channels);
  assert.deepEqual(coverage.see([sample("C1.t", "checksum")]), []);
  assert.deepEqual(coverage.see([sample("C1.t", "checksum")]), []);
  const [lost] = coverage.see([sample("C1.t", "checksum")]);
  assert.ok(lost?.present && lost.alarm === "sensor-lost" && lost.scope.cell === "C1");
  assert.deepEqual(coverage.see([sample("C1.t", "checksum")]), [], "told once");
  assert.equal(coverage.see([sample("C1.t", "stuck")])[0]?.present, false, "uncertain is usable");
});

test("who has already waited does not wait again, and says why in the source's own words", () => {
  const coverage = new Coverage(station().channels);
  coverage.explain("C1.t", "i2c-1: no answer within 250 ms");
  const [lost] = coverage.see([sample("C1.t", "bus-deadline")]);
  assert.match(lost?.why[0] ?? "", /C1\.t: bus-deadline: .*i2c-1: no answer within 250 ms/);
});

test("coverage-lost names every essential channel that is lost, and only those", () => {
  const { channels } = station({ channels: [replayChannel("a", { essential: true }), replayChannel("b", { essential: true }), replayChannel("c")] });
  const coverage = new Coverage(channels);
  const of = (findings: ReturnType<Coverage["see"]>) => findings.find((finding) => finding.alarm === "coverage-lost");
  assert.equal(of(coverage.see([sample("c", "stale")])), undefined);
  assert.match(of(coverage.see([sample("a", "stale")]))?.why[0] ?? "", /lost: a;/);
  assert.match(of(coverage.see([sample("b", "stale")]))?.why[0] ?? "", /lost: a, b;/);
  assert.equal(of(coverage.see([sample("a")]))?.present, true);
  assert.equal(of(coverage.see([sample("b")]))?.present, false);
});

test("what seems lost before its first reading may still come: who waits for it goes on waiting", () => {
  const { channels } = station({ channels: [replayChannel("a", { essential: true })] });
  const coverage = new Coverage(channels);
  assert.deepEqual(coverage.blind(), { lost: [], unseen: ["a"] });
  coverage.see([sample("a", "stale")]);
  assert.deepEqual(coverage.blind(), { lost: ["a"], unseen: ["a"] });
  coverage.see([sample("a")]);
  assert.deepEqual(coverage.blind(), { lost: [], unseen: [] });
  coverage.see([sample("a", "stale")]);
  assert.deepEqual(coverage.blind(), { lost: ["a"], unseen: [] });
});
