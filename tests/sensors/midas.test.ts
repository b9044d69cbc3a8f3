import assert from "node:assert/strict";
import test from "node:test";
import { type SimulatedUnit, simulatedModbus } from "../../edge-agent/bus/simulated-modbus.ts";
import { isFault } from "../../edge-agent/core/faults.ts";
import type { Reading } from "../../edge-agent/core/sample.ts";
import type { Options } from "../../edge-agent/sensors/driver.ts";
import { MidasSim } from "../../edge-agent/sensors/midas.sim.ts";
import { decodeMidas, wordsOf } from "../../edge-agent/sensors/midas.ts";
import { keepRounds } from "../../edge-agent/sensors/rounds.ts";
import { seeded } from "../../edge-agent/sensors/world.sim.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { entryOf } from "./bench.ts";

/** 0x3fc00000 is 1.5: registers 40003 and 40004, low word first. */
const healthy = [0x0001, 0x2107, 0x0000, 0x3fc0, 15, 0, 0x0101, 24, 9000, 7, 500];
const bytes = (words: readonly number[]) => Uint8Array.from(words.flatMap((word) => [word >> 8, word & 0xff]));
const withWords = (change: Readonly<Record<number, number>>) => wordsOf(bytes(healthy.map((word, index) => change[index] ?? word)));

test("Midas: 0000 3FC0 is 1.5 ppm, low word first; %vol and oxygen come in their units", () => {
  assert.deepEqual(decodeMidas(withWords({}), "hf"), { raw: 1.5 });
  assert.deepEqual(decodeMidas(withWords({ 6: 0x0201 }), "hf"), { raw: 1.5 }, "in ppm though the unit says ppb");
  assert.deepEqual(decodeMidas(withWords({ 6: 0x0401 }), "h2"), { raw: 15_000 });
  assert.ok(Math.abs((decodeMidas(withWords({ 3: 0x41a0, 6: 0x0401 }), "o2").raw ?? 0) - 20) < 1e-9, "20 %vol are 20 pct");
});

test("Midas: only while it monitors is there a number; warming up it is a doubtful one", () => {
  for (let state = 2; state <= 8; state++) {
    const { raw, reason, detail } = decodeMidas(withWords({ 0: state }), "hf");
    assert.deepEqual([raw, reason], [undefined, "not-measuring"], `state ${state}`);
    assert.match(detail ?? "", /, no fault, flow 500 cc\/min, 24 degC, 9000 h left$/);
  }
  const warming = decodeMidas(withWords({ 0: 0 }), "hf");
  assert.deepEqual([warming.raw, warming.reason], [1.5, "warming-up"]);
  for (let state = 9; state <= 15; state++) assert.throws(() => withWords({ 0: state }), { code: "sensor/wrong-device" });
});

test("Midas: a fault is told by its number, and leaves a number only where the manual lets it", () => {
  for (const [status, number, raw, reason, bound] of [
    [0x11, 10, 1.5, "saturated", 1], // m10, over-range
    [0x11, 11, 1.5, "calibration-expired", undefined],
    [0x11, 13, 1.5, "operating-range", undefined],
    [0x11, 16, undefined, "not-measuring", undefined], // m16, the baseline has drifted
    [0x21, 40, 12, "saturated", 1], // F40, overdosed: at least where the range of HF ends
    [0x20, 40, 12, "saturated", 1], // warming up or not
    [0x22, 40, undefined, "not-measuring", undefined], // alarms inhibited, as for a test with gas
    [0x21, 81, undefined, "not-measuring", undefined], // F81, flow
    [0x31, 10, undefined, "not-measuring", undefined], // both kinds at once
    [0x21, 0, undefined, "not-measuring", undefined],
  ] as const) {
    const found = decodeMidas(withWords({ 0: status, 5: number }), "hf");
    assert.deepEqual([found.raw, found.reason, found.bound], [raw, reason, bound], `fault ${number}`);
    assert.match(found.detail ?? "", number === 0 ? /a fault without number/ : new RegExp(`fault ${number < 30 ? "m" : "F"}${number}, flow 500`));
  }
  assert.deepEqual(
    [decodeMidas(withWords({ 0: 0x11, 5: 12 }), "hf")].map(({ raw, reason }) => [raw, reason]),
    [[1.5, undefined]],
    "m12: expires soon",
  );
});

test("Midas: overdosed is as much as it shows, and no less than the end of the gas's range where it shows less, or no number", () => {
  const overdosed = (change: Readonly<Record<number, number>>, gas: string) => decodeMidas(withWords({ 0: 0x21, 5: 40, ...change }), gas);
  assert.deepEqual([overdosed({ 3: 0x41a0 }, "hf").raw, overdosed({ 3: 0x41a0 }, "hf").bound], [20, 1]);
  for (const nothing of [0, 0x7fc0, 0x7f80, 0xff80]) {
    const { raw, bound, reason } = overdosed({ 3: nothing }, "co");
    assert.deepEqual([raw, bound, reason], [100, 1, "saturated"]);
  }
  assert.deepEqual(
    ["hf", "h2", "co", "o2"].map((gas) => overdosed({ 3: 0 }, gas).raw),
    [12, 1000, 100, 25],
  );
});

test("Midas: units that it is not read in, other lengths and a float that is no number give no number", () => {
  for (const unit of [0, 3, 8, 16, 255]) assert.throws(() => withWords({ 6: unit << 8 }), { code: "sensor/wrong-device" });
  for (const length of [0, 2, 20, 21, 23, 24]) assert.throws(() => wordsOf(new Uint8Array(length)), { code: "sensor/malformed" });
  for (const high of [0x7fc0, 0x7f80, 0xff80]) assert.equal(decodeMidas(withWords({ 3: high }), "hf").reason, "malformed");
});

test("Midas: of random registers each is a fault, a reason or a finite number", () => {
  const random = seeded(8);
  for (let run = 0; run < 20_000; run++) {
    const words = healthy.map((word) => (random() < 0.5 ? word : Math.floor(random() * 65_536)));
    try {
      const { raw, reason } = decodeMidas(wordsOf(bytes(words)), "hf");
      assert.ok(raw === undefined ? reason !== undefined : Number.isFinite(raw));
    } catch (error) {
      assert.ok(isFault(error), String(error));
    }
  }
});

/** Reads a simulated instrument each second; `then` happens at 20.2 s. */
async function readings(keys: Options, then: (unit: MidasSim) => void, set: (unit: MidasSim) => void = () => {}): Promise<Reading[]> {
  const clock = new VirtualClock();
  const unit = new MidasSim(clock, 3);
  set(unit);
  const bus = simulatedModbus(new Map<number, SimulatedUnit>([[1, unit]]), [], clock, () => {});
  const found: Reading[] = [];
  const plan = { driver: "midas", address: 1, options: {}, period_s: 1, channels: [{ channel: 0, name: "concentration", output: "concentration", keys }] };
  const context = { bus, clock, busName: "bus-1", emit: (more: readonly Reading[]) => void found.push(...more) };
  keepRounds(entryOf("midas"), plan, context, new AbortController().signal).catch((error) => assert.fail(String(error)));
  await clock.advance(20.2);
  then(unit);
  await clock.advance(60);
  return found;
}

test("Midas: an instrument whose heartbeat stands still is not believed, neither at once nor after it was opened again", async () => {
  const found = await readings({ gas: "hf" }, (unit) => {
    unit.beating = false;
  });
  const before = found.filter(({ at_s }) => at_s < 20);
  assert.ok(before.length > 10 && before.every(({ raw, reason }) => raw !== undefined && reason === undefined));
  const after = found.filter(({ at_s }) => at_s > 28);
  assert.ok(after.length > 8 && after.every(({ raw, reason, detail }) => raw === undefined && reason === "not-ready" && /heartbeat/.test(detail ?? "")));

  const never = await readings(
    { gas: "hf" },
    () => {},
    (unit) => {
      unit.beating = false;
    },
  );
  assert.ok(never.length > 10 && never.every(({ raw, reason }) => raw === undefined && reason === "not-ready"));
});

test("Midas: a cartridge that is exchanged while in use is another device; one that the station file does not name is never read", async () => {
  const exchanged = await readings({ gas: "hf", cartridge: 0x2107 }, (unit) => {
    unit.cartridge = 0x2201;
  });
  const after = exchanged.filter(({ at_s }) => at_s > 20.2);
  assert.ok(after.length > 20 && after.every(({ raw, reason }) => raw === undefined && reason === "wrong-device"));
  const unnamed = await readings({ gas: "hf" }, (unit) => {
    unit.cartridge = 0x2201;
  });
  assert.ok(unnamed.some(({ raw, reason }) => raw === undefined && reason === "wrong-device"));
});

test("Midas: an over-range is a lower bound, and a fault ends the numbers", async () => {
  const over = await readings({ gas: "hf" }, (unit) => {
    unit.faultNumber = 10;
  });
  assert.ok(over.filter(({ at_s }) => at_s > 20.2).every(({ raw, bound, reason }) => raw !== undefined && bound === 1 && reason === "saturated"));
  const failed = await readings({ gas: "hf" }, (unit) => {
    unit.faultNumber = 81;
    unit.flow_mL_per_min = 120;
  });
  const after = failed.filter(({ at_s }) => at_s > 20.2);
  assert.ok(
    after.length > 20 && after.every(({ raw, reason, detail }) => raw === undefined && reason === "not-measuring" && /F81, flow 120/.test(detail ?? "")),
  );
});
