/** What `check` says of calibrations, derived channels, sample lines and reports: what lies between a chip and the detectors. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Loose, said } from "./base.ts";

const replay = (column: string, unit: string) => ({ driver: "replay", column, unit });
const addChannel = (station: Loose, more: Loose) => station.channels.push({ id: "X", quantity: "temperature", at: { cell: "C1" }, ...more });
const table = { driver: "csv-tail", file: "cycler/ch7.csv", column: "T(C)", unit: "degC" };
const calibrate = (station: Loose, more: Loose, channel = 0) => (station.channels[channel].calibration = { id: "A", date: "2026-09-01", ...more });
/** A second thermometer and a vote of the two. */
const addVote = (station: Loose, source: Loose, more: Loose = {}) => {
  addChannel(station, { source: { driver: "mcp9601", bus: "i2c-3", address: 0x67 } });
  return addChannel(station, { id: "V", source: { driver: "derived", rule: "vote", of: ["C1.t", "X"], tolerance: "5 K", ...source }, ...more });
};
const pumped = (station: Loose, line: Loose) =>
  Object.assign(station.channels[2], { place: "sample-line", line: { minimum_flow: "0.3 L/min", delay: "12 s", ...line } });
const addHydrogen = (station: Loose, of: string[]) =>
  addChannel(station, { quantity: "h2", at: { pack: "P1" }, source: { driver: "derived", rule: "h2-from-conductivity", of } });

/** One change to a station without fault, and the one line that it must bring: path, then words of the message. */
const rows: [name: string, change: (station: Loose) => void, path: string, words: RegExp][] = [
  ["a curve beside a zero", (s) => calibrate(s, { polynomial: [0, 1], range: [0, 100], zero: 1 }), "channels[0].calibration.zero", /takes the place of zero/],
  ["a curve without a certified range", (s) => calibrate(s, { polynomial: [0, 1] }), "channels[0].calibration.polynomial", /add "range: /],
  [
    "a curve that falls",
    (s) => calibrate(s, { polynomial: [0, 1, -0.01], range: [0, 100] }),
    "channels[0].calibration.polynomial",
    /does not rise from 0 to 100/,
  ],
  ["a range upside down", (s) => calibrate(s, { range: [100, 0] }), "channels[0].calibration.range", /lower end first/],
  [
    "a temperature that nothing measures",
    (s) => calibrate(s, { temperature: { channel: "C1.clod", reference: "25 degC" } }),
    "channels[0].calibration.temperature.channel",
    /no channel here; did you mean "C1.cold"\?/,
  ],
  [
    "a temperature that is none",
    (s) => calibrate(s, { temperature: { channel: "P1.co2", reference: "25 degC" } }),
    "channels[0].calibration.temperature.channel",
    /a co2 channel; name one of temperature/,
  ],
  [
    "a temperature that needs another",
    (s) => {
      calibrate(s, { temperature: { channel: "C1.cold", reference: "25 degC" } }, 2);
      calibrate(s, { temperature: { channel: "C1.t", reference: "25 degC" } }, 1);
    },
    "channels[2].calibration.temperature.channel",
    /itself corrected by a temperature/,
  ],
  [
    "a channel that crosses itself",
    (s) => calibrate(s, { cross: [{ channel: "P1.co2", factor: 0.1 }] }, 2),
    "channels[2].calibration.cross[0].channel",
    /itself/,
  ],
  [
    "a gas in a thermometer",
    (s) => calibrate(s, { cross: [{ channel: "P1.co2", factor: 0.1 }] }),
    "channels[0].calibration.cross",
    /found a temperature channel/,
  ],
  [
    "two gases that are one",
    (s) => {
      addChannel(s, {
        quantity: "h2",
        t90: "1 s",
        source: replay("h2", "ppm"),
        calibration: { id: "A", date: "2026-09-01", cross: [{ channel: "P1.co2", factor: 2 }] },
      });
      s.channels = [...s.channels.map((channel: Loose) => ({ ...channel, source: replay(channel.id, channel.quantity === "temperature" ? "degC" : "ppm") }))];
      calibrate(s, { cross: [{ channel: "X", factor: 0.5 }] }, 2);
    },
    "channels[2].calibration.cross",
    /cannot be told apart/,
  ],
  ["a vote on nothing", (s) => addVote(s, { of: ["C1.t", "C1.u"] }), "channels[4].source.of[1]", /no channel here; did you mean/],
  ["a vote among quantities", (s) => addVote(s, { of: ["C1.t", "P1.co2"] }), "channels[4].source.of[1]", /a co2 channel; name one of temperature/],
  ["a vote with itself", (s) => addVote(s, { of: ["C1.t", "V"] }), "channels[4].source.of[1]", /the channel itself/],
  ["a voter twice", (s) => addVote(s, { of: ["C1.t", "C1.t"] }), "channels[4].source.of[1]", /twice; a channel counts once/],
  ["a tolerance in another unit", (s) => addVote(s, { tolerance: "5 ppm" }), "channels[4].source.tolerance", /such as "5 K"/],
  ["no tolerance", (s) => addVote(s, { tolerance: "0 K" }), "channels[4].source.tolerance", /above 0/],
  ["a tolerance that lets all agree", (s) => addVote(s, { tolerance: "11 K" }), "channels[4].source.tolerance", /^warning: found "11 K": .*write 10 K or less/],
  [
    "a tolerance of gas that lets all agree",
    (s) => {
      addChannel(s, { quantity: "co2", at: { pack: "P1" }, t90: "60 s", source: { ...table, unit: "ppm" } });
      const source = { driver: "derived", rule: "vote", of: ["P1.co2", "X"], tolerance: "1 pct" };
      s.channels.push({ ...s.channels[2], every: undefined, t90: undefined, id: "V", source });
    },
    "channels[4].source.tolerance",
    /^warning: found "1 pct": .*write 1000 ppm or less/,
  ],
  ["a vote with a beat", (s) => addVote(s, {}, { every: "1 s" }), "channels[4].every", /speaks when one of its inputs does/],
  ["a calibrated vote", (s) => addVote(s, {}, { calibration: { id: "A", date: "2026-09-01" } }), "channels[4].calibration", /calibrate those/],
  ["a vote across places", (s) => addVote(s, {}, { place: "tab" }), "channels[4].source.of", /^warning: .*a hot spot is outvoted/],
  [
    "a limit on a voter",
    (s) => {
      addVote(s, {});
      s.limits[0].at = { channel: "C1.t" };
    },
    "limits[0].at.channel",
    /^warning: .*judged by its vote alone.*name "V"/,
  ],
  [
    "votes in a circle",
    (s) => {
      addVote(s, { of: ["C1.t", "W"] });
      s.channels.push({ ...s.channels[4], id: "W", source: { ...s.channels[4].source, of: ["C1.t", "V"] } });
    },
    "channels[4].source.of",
    /calculated from "W", and that from "V"/,
  ],
  ["a rule that is none", (s) => addVote(s, { rule: "vot" }), "channels[4].source.rule", /did you mean "vote"\?/],
  ["hydrogen from a thermometer", (s) => addHydrogen(s, ["C1.t", "P1.co2"]), "channels[3].source.of[0]", /a temperature channel; name one of co2_apparent/],
  [
    "hydrogen in argon",
    (s) => {
      s.packs[0].gas_space = { atmosphere: "argon" };
      s.channels.push({ id: "P1.tc", quantity: "co2_apparent", at: { pack: "P1" }, source: replay("tc", "ppm") });
      s.channels[2].source = replay("co2", "ppm");
      s.channels = s.channels.map((channel: Loose) => (channel.quantity === "temperature" ? { ...channel, source: replay(channel.id, "degC") } : channel));
      s.channels.push({ id: "H", quantity: "h2", at: { pack: "P1" }, source: { driver: "derived", rule: "h2-from-conductivity", of: ["P1.tc", "P1.co2"] } });
    },
    "channels[4].source.rule",
    /filled with argon/,
  ],
  [
    "a correction by a vote",
    (s) => addVote(s, {}) && calibrate(s, { temperature: { channel: "V", reference: "25 degC" } }, 2),
    "channels[2].calibration.temperature.channel",
    /derived itself/,
  ],
  ["a line without a flow meter", (s) => pumped(s, { flow: "C1.f" }), "channels[2].line.flow", /no channel here/],
  ["a flow that is none", (s) => pumped(s, { flow: "C1.t" }), "channels[2].line.flow", /a temperature channel; name one of flow/],
  [
    "a line elsewhere",
    (s) => {
      addChannel(s, { quantity: "flow", source: replay("f", "L/min") });
      s.channels = s.channels.map((channel: Loose) => ({
        ...channel,
        source: replay(channel.id, { temperature: "degC", co2: "ppm", flow: "L/min" }[channel.quantity as "flow"]),
      }));
      pumped(s, { flow: "X" });
      s.channels[2].place = "headspace";
    },
    "channels[2].place",
    /write "place: sample-line"/,
  ],
  ["a deadband of another quantity", (s) => (s.channels[0].report = { deadband: "1 ppm" }), "channels[0].report.deadband", /such as "0.2 degC"/],
  ["no deadband", (s) => (s.channels[0].report = { deadband: "0 K" }), "channels[0].report.deadband", /above 0/],
];

for (const [name, change, path, words] of rows) {
  test(name, () => {
    const lines = said(change);
    assert.equal(lines.length, 1, lines.join("\n"));
    const [line = ""] = lines;
    assert.match(line.startsWith("warning: ") ? line.replace(`${path}: `, "") : line.slice(path.length + 2), words);
    assert.ok(line.replace("warning: ", "").startsWith(`${path}: `), line);
  });
}

test("nothing is said of the widest tolerance of thermometers", () => {
  assert.deepEqual(
    said((s) => addVote(s, { tolerance: "10 K" })),
    [],
  );
});
