/** What `check` says of transducers behind an ADS1115, with the drivers that are there. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { stringify } from "yaml";
import { describe } from "../../edge-agent/config/describe.ts";
import { problemText } from "../../edge-agent/config/problem.ts";
import { readStation } from "../../edge-agent/config/read.ts";
import { catalogue } from "../../edge-agent/sensors/catalogue.ts";
import { plansOf } from "../../edge-agent/sensors/open.ts";
import { limitRules } from "../../models/limit-rules.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { base, type Loose } from "./base.ts";

const chip = { driver: "ads1115", bus: "i2c-3", address: 0x48 };
const loop = { ...chip, output: "loop0", at_4mA: "0 kPa", at_20mA: "10 bar" };
const channel = (id: string, quantity: string, source: Loose, more = {}) => ({ id, quantity, at: { pack: "P1" }, source, ...more });

function read(...channels: Loose[]) {
  const station = {
    ...base(),
    buses: [
      { id: "i2c-1", kind: "i2c", device: 1 },
      { id: "i2c-3", kind: "i2c", device: 3, deadline: "25 ms" },
    ],
  };
  station.channels.push(...channels);
  return readStation(stringify(station, { aliasDuplicateObjects: false }), { chips: catalogue, today: "2026-11-22" });
}

function said(...channels: Loose[]): string[] {
  const found = read(...channels);
  return [...(found.ok ? [] : found.errors), ...found.warnings].map((problem) => problemText("", problem).replace(/^:\d+:\d+: /, ""));
}

test("a loop in any unit of its quantity reaches the driver in the canonical one", () => {
  const found = read(channel("P1.p", "pressure", { ...loop, shunt: "250 ohm" }));
  assert.ok(found.ok, JSON.stringify(found));
  const plan = plansOf(found.station, { simulated: true, faults: [], clock: new VirtualClock(), origin_s: 0 }).find(({ bus }) => bus === "i2c-3");
  assert.deepEqual(plan?.sensors[0]?.channels[0]?.keys, { shunt: 250, at_4mA: 0, at_20mA: 1000 });
});

const fast = { driver: "ads1115-burst", bus: "i2c-3", address: 0x49, at_4mA: "0 kPa", at_20mA: "10 bar" };
const vents = (more: Loose = {}) => [
  channel("P1.p", "pressure", { ...fast, output: "loop" }),
  channel("P1.peak", "pressure", { ...fast, output: "loop_max" }),
  channel("P1.vent", "pressure", { ...fast, output: "loop_burst" }, { every: "event", ...more }),
];

test("a chip with value, greatest value and burst is accepted, described, and planned with a beat", () => {
  const found = read(...vents());
  assert.ok(found.ok, JSON.stringify(found));
  assert.match(describe(found.station), /P1.vent +pressure +kPa +ads1115-burst on i2c-3 at 0x49 +on events/);
  assert.ok(!limitRules(found.station).some((rule) => rule.channel.id === "P1.vent"));
  const clock = new VirtualClock();
  const chips = plansOf(found.station, { simulated: true, faults: [], clock, origin_s: 0 }).flatMap(({ sensors }) => sensors);
  assert.equal(chips.find(({ driver }) => driver === "ads1115-burst")?.period_s, 1);
  const alone = read(...vents().slice(2));
  assert.ok(alone.ok);
  assert.equal(plansOf(alone.station, { simulated: true, faults: [], clock, origin_s: 0 }).at(-1)?.sensors[0]?.period_s, 1, "of events alone");
});

test("a limit on a channel of events is refused, since nobody would judge it", () => {
  const station = base();
  station.channels.push(...vents());
  station.limits.push({ alarm: "over-pressure", at: { channel: "P1.vent" }, value: "3 bar", reason: "try" });
  const found = readStation(stringify(station, { aliasDuplicateObjects: false }), { chips: catalogue, today: "2026-11-22" });
  assert.ok(!found.ok && found.errors.length === 1 && /recorded and not judged/.test(found.errors[0]?.message ?? ""), JSON.stringify(found));
});

/** One channel or two, and the one line that they must bring. */
const rows: [name: string, channels: Loose[], words: RegExp][] = [
  [
    "a loop without its range",
    [channel("P1.p", "pressure", { ...chip, output: "loop0", at_4mA: "0 kPa" })],
    /needs at_20mA: missing; write a number with its unit, such as "1 kPa"/,
  ],
  ["a range in another quantity's unit", [channel("P1.p", "pressure", { ...loop, at_20mA: "10 mm" })], /at_20mA: found "10 mm"; write .*bar/],
  ["a shunt without its unit", [channel("P1.p", "pressure", { ...loop, shunt: 150 })], /shunt: found 150; write .* "1000 ohm"/],
  [
    "a ratio without its supply",
    [channel("P1.p", "pressure", { ...chip, output: "ratio1", at_low: "0 kPa", at_high: "1 bar" })],
    /needs supply: missing; write one of chip, ain0, ain2, ain3/,
  ],
  [
    "a ratio to itself",
    [channel("P1.p", "pressure", { ...chip, output: "ratio1", at_low: "0 kPa", at_high: "1 bar", supply: "ain1" })],
    /supply: found "ain1"; write one of chip/,
  ],
  ["a key of another transducer", [channel("P1.p", "pressure", { ...loop, divider: 3 })], /unknown key "divider"/],
  [
    "an input twice as the same transducer",
    [channel("P1.p", "pressure", loop), channel("P1.q", "pressure", loop)],
    /takes the output loop0 of the ads1115 at 0x48 on i2c-3 already/,
  ],
  ["a burst with a beat", vents({ every: "1 s" }), /every: loop_burst of ads1115-burst is silent but for events: write "every: event"/],
  ["a burst without a word of its beat", vents({ every: undefined }), /channels\[5\]: loop_burst .*write "every: event"/],
  ["a burst that all depends on", vents({ essential: true }), /essential: a channel of events is silent while all is well/],
  [
    "a value on events",
    [channel("P1.p", "pressure", { ...fast, output: "loop" }, { every: "event" })],
    /every: loop of ads1115-burst is read at a beat: write how often, such as "1 s"/,
  ],
  [
    "a rate that the chip has and the bus has not",
    vents()
      .map((one) => ({ ...one, source: { ...one.source, rate_Hz: 860 } }))
      .slice(0, 1),
    /rate_Hz: found 860; write one of 128, 250, 475/,
  ],
  ["a beat too short for one input", [channel("P1.p", "pressure", loop, { every: "10 ms" })], /warning: .*every 0.025 s at most/],
  [
    "a beat too short for two inputs",
    [channel("P1.p", "pressure", loop, { every: "30 ms" }), channel("P1.v", "voltage", { ...chip, output: "ain2" }, { every: "1 s" })],
    /warning: channels\[3\].every: all that is taken of this ads1115 takes 0.05 s: .*write "0.05 s"/,
  ],
];
for (const [name, channels, words] of rows) {
  test(`check says what is wrong with ${name}, and nothing else`, () => {
    const lines = said(...channels);
    assert.equal(lines.length, 1, lines.join("\n"));
    assert.match(lines[0] ?? "", words);
  });
}
