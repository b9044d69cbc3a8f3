import assert from "node:assert/strict";
import { test } from "node:test";
import { assemble } from "../../edge-agent/agent/assemble.ts";
import type { Entry } from "../../edge-agent/core/entry.ts";
import type { Reading, Sample } from "../../edge-agent/core/sample.ts";
import { Stamper } from "../../edge-agent/pipeline/stamper.ts";
import { replayChannel, station } from "../support/station.ts";

const channels = [
  replayChannel("h2", {
    quantity: "h2",
    at: { station: true },
    place: "sample-line",
    source: { driver: "replay", column: "h2", unit: "ppm" },
    line: { flow: "flow", minimum_flow: "300 mL/min", delay: "12 s" },
  }),
  replayChannel("flow", { quantity: "flow", at: { station: true }, source: { driver: "replay", column: "flow", unit: "L/min" } }),
];

function decide(moments: (readonly [h2: number, flow: number | Partial<Reading> | undefined])[]): Entry[] {
  const stamper = new Stamper({ clock: { wall_ns: () => 0n }, at_s: 0 });
  const { decider } = assemble({ station: station({ channels }), stamper, start_s: 0, act: () => [], recorded: true, random: () => 0 });
  return moments.flatMap(([h2, flow], at_s) => [
    ...decider.readings([
      { channel: 0, at_s, raw: h2 },
      ...(flow === undefined ? [] : [{ channel: 1, at_s, ...(typeof flow === "number" ? { raw: flow } : flow) }]),
    ]),
    ...decider.time(at_s),
  ]);
}

const gas = (entries: readonly Entry[]) =>
  entries.flatMap((entry): Sample[] => (entry.type === "sample" && entry.sample.channel === "h2" ? [entry.sample] : []));
const told = ({ value, quality, reason }: Sample) => [value, quality, reason];

test("a reading counts while gas flows, in the very moment", () => {
  assert.deepEqual(
    gas(
      decide([
        [10, 0.5],
        [11, 0.3],
        [12, 0.29],
        [13, 0.5],
      ]),
    ).map(told),
    [
      [10, "good", "none"],
      [11, "good", "none"],
      [undefined, "bad", "no-flow"],
      [13, "good", "none"],
    ],
  );
});

test("a meter that is bad, silent, or only says at most proves no flow", () => {
  const rows: [name: string, flow: number | Partial<Reading> | undefined][] = [
    ["never heard", undefined],
    ["bad", { reason: "no-reply" }],
    ["at most", { raw: 0.5, bound: -1 }],
    ["backwards", -0.5],
  ];
  for (const [name, flow] of rows) assert.deepEqual(gas(decide([[10, flow]])).map(told), [[undefined, "bad", "no-flow"]], name);
  const silent = gas(
    decide([
      [10, 0.5],
      [10, undefined],
      [10, undefined],
      [10, undefined],
      [10, undefined],
    ]),
  );
  assert.deepEqual(
    silent.map(({ reason }) => reason),
    ["none", "none", "none", "none", "no-flow"],
    "three periods, as for any silence",
  );
  assert.equal(silent.at(-1)?.raw, 10, "what the sensor gave stays on the record");
});

test("a pump that stands makes its sensor lost, never calm", () => {
  const entries = decide(Array.from({ length: 10 }, (_, at_s) => [10, at_s < 3 ? 0.5 : 0] as const));
  const [lost] = entries.flatMap((entry) => (entry.type === "alarm" ? [entry.alarm] : []));
  assert.equal(lost?.id, "sensor-lost:h2");
  assert.match(lost?.why[0] ?? "", /no-flow/);
});

test("the delay is said with what is found, and the sample keeps the time of its sensor", () => {
  const entries = decide([
    [10, 0.5],
    [20_000, 0.5],
    [20_000, 0.5],
  ]);
  const [alarm] = entries.flatMap((entry) => (entry.type === "alarm" ? [entry.alarm] : []));
  assert.equal(alarm?.id, "flammable-gas:h2");
  assert.ok(alarm.why.includes("what h2 reads left the chamber 12 s before (sample line)"), alarm.why.join());
  assert.deepEqual(
    gas(entries).map(({ at_s }) => at_s),
    [0, 1, 2],
  );
});
