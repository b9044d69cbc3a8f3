import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { summarySchema, type TimelineLine, timelineLine } from "../../edge-agent/contracts/timeline.ts";
import { type Truth, truthSchema } from "../../edge-agent/contracts/truth.ts";
import { severityCode } from "../../edge-agent/core/alarms.ts";
import { offgas } from "../support/agent.ts";
import { tempFolder } from "../support/temp.ts";

const folder = new URL("ul-fsri/", import.meta.url).pathname;
type AlarmLine = Extract<TimelineLine, { type: "alarm" }>;

describe("the UL FSRI case through the whole agent", () => {
  let lines: TimelineLine[] = [];
  let summary: ReturnType<typeof summarySchema.parse>;
  let truth: Truth;
  const alarms = () => lines.filter((line): line is AlarmLine => line.type === "alarm");

  before(async () => {
    const out = join(tempFolder({ after }), "out");
    const { code, stderr } = await offgas("replay", "--config", `${folder}station.yaml`, "--input", `${folder}run.csv.gz`, "--out", out);
    assert.equal(code, 0, stderr);
    lines = readFileSync(join(out, "timeline.jsonl"), "utf8")
      .trim()
      .split("\n")
      .map((line) => timelineLine.parse(JSON.parse(line)));
    summary = summarySchema.parse(JSON.parse(readFileSync(join(out, "summary.json"), "utf8")));
    truth = truthSchema.parse(JSON.parse(readFileSync(`${folder}truth.json`, "utf8")));
  });

  test("keeps its licence, and what could not be used is counted", () => {
    assert.ok(existsSync(`${folder}LICENSE`));
    assert.equal(summary.rows_read, 6082);
    assert.deepEqual(summary.dropped, { no_time: 136, duplicate_time: 0, backward_time: 0, malformed: 0 });
    assert.equal(summary.samples, 5946 * 15);
  });

  test("off-gas is called between 1690 and 1701 s, as a warning at least", () => {
    const gas = alarms().find(
      ({ alarm, severity, active }) => active && (alarm === "gas-rise" || alarm === "vent") && severityCode(severity) >= severityCode("warning"),
    );
    assert.ok(gas !== undefined && gas.time_s >= 1690 && gas.time_s <= 1701, `at ${gas?.time_s} s`);
  });

  test("no gas alarm of any kind before 1600 s, though the H2 flow drifts", () => {
    const gasAlarms = ["gas-rise", "vent", "toxic-gas", "flammable-gas", "oxygen-deficiency"];
    assert.deepEqual(
      alarms().filter(({ alarm, time_s }) => gasAlarms.includes(alarm) && time_s < 1600),
      [],
    );
  });

  test("runaway of every cell within 5 s of its own sustained 1 °C/s, and once", () => {
    const runaways = truth.events.filter(({ event }) => event === "runaway");
    assert.deepEqual(
      runaways.filter(({ time_s }) => time_s < 1780).map(({ cell, time_s }) => [cell, time_s]),
      [
        ["C5", 1764],
        ["C8", 1773],
        ["C4", 1774],
        ["C1", 1779],
      ],
    );
    assert.equal(runaways.length, 9);
    for (const { cell, time_s } of runaways) {
      const raised = alarms().filter(({ alarm, cell: of, active }) => alarm === "runaway" && of === cell && active);
      assert.equal(raised.length, 1, `${cell}: raised once`);
      assert.ok(Math.abs((raised[0]?.time_s ?? 0) - time_s) <= 5, `${cell}: ${raised[0]?.time_s} s for ${time_s} s`);
      assert.equal(raised[0]?.severity, "trip");
      assert.equal(raised[0]?.planned, true);
      assert.match(raised[0]?.why.join(" ") ?? "", /\(c\).*no voltage/, "says which criteria it had");
    }
  });

  test("outputs act as the case's intent says: what protects opens, the planned test is not stopped", () => {
    const events = lines.flatMap((line) => (line.type === "event" && line.event === "output-open" ? [[line.output, line.because, line.time_s] as const] : []));
    const gas = alarms().find(({ id }) => id === "gas-rise:box");
    assert.deepEqual(events, [
      ["clear-lamp", "gas-rise:box", gas?.time_s],
      ["cycler-permit", "runaway:C5", 1764],
    ]);
  });

  test("an estimate of every cell at least every 10 s, and time never runs back", () => {
    for (const cell of ["C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8", "C9"]) {
      const times = lines.flatMap((line) => (line.type === "estimate" && line.cell === cell ? [line.time_s] : []));
      assert.ok((times[0] ?? Number.POSITIVE_INFINITY) <= 10 && (times.at(-1) ?? 0) >= 5935, cell);
      for (const [index, time_s] of times.slice(1).entries()) assert.ok(time_s - (times[index] ?? 0) <= 10, `${cell} at ${time_s} s`);
    }
    for (const [index, { time_s }] of lines.slice(1).entries()) assert.ok(time_s >= (lines[index]?.time_s ?? 0));
  });
});
