/** What lies beyond a part's range must raise a limit within it: each decoder's answer, judged as any reading is, against a limit. */
import assert from "node:assert/strict";
import test from "node:test";
import { QualityRules } from "../../edge-agent/pipeline/quality.ts";
import { decodeAbp2 } from "../../edge-agent/sensors/abp2.ts";
import type { Measured } from "../../edge-agent/sensors/driver.ts";
import { decodeMax31855 } from "../../edge-agent/sensors/max31855.ts";
import { decodeMax31856 } from "../../edge-agent/sensors/max31856.ts";
import { decodeMax31865 } from "../../edge-agent/sensors/max31865.ts";
import { decodeMcp9601 } from "../../edge-agent/sensors/mcp9601.ts";
import { decodeMidas } from "../../edge-agent/sensors/midas.ts";
import { decodeMprls } from "../../edge-agent/sensors/mprls.ts";
import { fixedLimits } from "../../models/fixed-limit.ts";
import { run, sample } from "../models/evidence.ts";
import { replayChannel, station } from "../support/station.ts";

const hot = (type: "K" | "R") => decodeMax31856(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x19, 0, 0x7f, 0xff, 0xe0, 0x40), type).temperature;
const temperature = { quantity: "temperature", alarm: "over-temperature", unit: "degC", limit: "130 degC" } as const;
const pressure = { quantity: "pressure", alarm: "over-pressure", unit: "kPa", limit: "180 kPa" } as const;
const beyond: readonly (readonly [part: string, of: typeof temperature | typeof pressure, measured: Measured])[] = [
  ["ABP2", pressure, decodeAbp2(Uint8Array.of(0x41, 0xff, 0xff, 0xff, 0x80, 0, 0), 200).pressure],
  ["MPRLS", pressure, decodeMprls(Uint8Array.of(0x41, 0xff, 0xff, 0xff), "A", 200).pressure],
  ["MCP9601 with type K", temperature, decodeMcp9601(Uint8Array.of(0x55, 0xc0), Uint8Array.of(1, 0x90), 0x50, "K").temperature],
  ["MCP9601 with type R", temperature, decodeMcp9601(Uint8Array.of(0x6e, 0x80), Uint8Array.of(1, 0x90), 0x50, "R").temperature],
  ["MAX31856 with type K", temperature, hot("K")],
  ["MAX31856 with type R", temperature, hot("R")],
  ["MAX31855", temperature, decodeMax31855(Uint8Array.of(0x70, 0x84, 0x19, 0)).temperature],
  ["MAX31865", temperature, decodeMax31865(Uint8Array.of(1, 0xff, 0xfe, 0, 0, 0, 0, 0x80), { element_ohm: 100, reference_ohm: 430 })],
];
for (const [part, { quantity, alarm, unit, limit }, measured] of beyond) {
  test(`${part}: beyond its range ${alarm} is raised`, () => {
    const judged = new QualityRules(quantity).judge({ channel: 0, at_s: 0, ...measured });
    assert.ok(typeof judged === "object");
    const { quality, reason, bound, raw = Number.NaN } = judged;
    assert.deepEqual([quality, reason, bound], ["uncertain", "saturated", 1]);
    const chamber = station({
      channels: [replayChannel("C1.x", { quantity, source: { driver: "replay", column: "x", unit } })],
      limits: [{ alarm, at: { cell: "C1" }, severity: "alarm", value: limit, reason: "the chamber's rating" }],
    });
    const [found] = run(fixedLimits(chamber), [{ at_s: 0, samples: [sample("C1.x", 0, raw, { quality, reason, bound })] }]);
    assert.equal(found?.alarm, alarm);
    assert.equal(found?.present, true);
  });
}

test("Midas: overdosed raises toxic-gas", () => {
  const { raw = Number.NaN, bound = 0, reason = "none" } = decodeMidas([0x0021, 0x2107, 0, 0, 0, 40, 0x0101, 24, 9000, 7, 500], "hf");
  const chamber = station({
    channels: [replayChannel("hf", { quantity: "hf", at: { station: true }, source: { driver: "replay", column: "hf", unit: "ppm" } })],
  });
  const [found] = run(fixedLimits(chamber), [{ at_s: 0, samples: [sample("hf", 0, raw, { quality: "uncertain", reason, bound })] }]);
  assert.deepEqual([found?.alarm, found?.present], ["toxic-gas", true]);
});
