/** An I2C bus that falls silent as a whole is clocked free, and one where nobody is there is left in peace. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { BusPlan, SensorPlan } from "../../edge-agent/bus/messages.ts";
import { NOBODY, recovering } from "../../edge-agent/bus/recovery.ts";
import type { BusFault } from "../../edge-agent/bus/simulated-bus.ts";
import { Fault } from "../../edge-agent/core/faults.ts";
import type { Reading } from "../../edge-agent/core/sample.ts";
import { keepRounds } from "../../edge-agent/sensors/rounds.ts";
import { simulatedWire } from "../../edge-agent/sensors/simulated.ts";
import { entryOf, planOf } from "../sensors/bench.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

/** Says of each transfer whether it is answered; gives a bus and the addresses that were asked, in order. */
function scripted(answers: (address: number) => boolean, code: "bus/no-reply" | "sensor/checksum" = "bus/no-reply") {
  const asked: number[] = [];
  const transfer = async (address: number) => {
    asked.push(address);
    if (!answers(address)) throw new Fault(code, "no acknowledge");
    return Uint8Array.of(1);
  };
  const write = async (address: number) => void (await transfer(address));
  return { asked, bus: recovering({ write, read: transfer, writeRead: transfer }) };
}

test("every fourth transfer in a row that nobody answers is followed by one read from nobody, whoever was asked", async () => {
  const { asked, bus } = scripted(() => false);
  for (let round = 0; round < 25; round++) {
    await assert.rejects(bus.read(0x61, 3), { code: "bus/no-reply", message: "no acknowledge" });
    await assert.rejects(bus.write(0x62, Uint8Array.of(1)), { code: "bus/no-reply" });
    await assert.rejects(bus.writeRead(0x63, 0, 2), { code: "bus/no-reply" });
    await assert.rejects(bus.read(0x64, 1), { code: "bus/no-reply" });
  }
  assert.deepEqual(asked.slice(0, 10), [0x61, 0x62, 0x63, 0x64, NOBODY, 0x61, 0x62, 0x63, 0x64, NOBODY]);
  assert.equal(asked.length, 125);
});

test("a bus on which one chip answers is never clocked, however often the others do not", async () => {
  const { asked, bus } = scripted((address) => address === 0x61);
  for (let round = 0; round < 50; round++) {
    for (const address of [0x62, 0x63, 0x64]) await assert.rejects(bus.read(address, 1));
    await bus.read(0x61, 1);
  }
  assert.ok(!asked.includes(NOBODY));
});

test("replies that came, if damaged, are no silence", async () => {
  const { asked, bus } = scripted(() => false, "sensor/checksum");
  for (let round = 0; round < 20; round++) await assert.rejects(bus.read(0x61, 1), { code: "sensor/checksum" });
  assert.ok(!asked.includes(NOBODY));
});

/** Two chips on one simulated bus, read at their beats. */
function twoChips(faults: readonly BusFault[], recovers: boolean) {
  const clock = new VirtualClock();
  const plans: SensorPlan[] = [planOf("bmp3xx"), { ...planOf("mcp9601"), channels: [{ channel: 9, name: "temperature", output: "temperature", keys: {} }] }];
  const plan: BusPlan = { bus: "i2c-1", wire: { kind: "i2c", device: 1 }, deadline_s: 0.25, simulated: true, faults, sensors: plans };
  const simulated = simulatedWire("i2c", plan, clock, () => {});
  const bus = recovers ? recovering(simulated) : simulated;
  const readings: Reading[] = [];
  const context = { bus, clock, busName: "i2c-1", emit: (more: readonly Reading[]) => void readings.push(...more) };
  for (const each of plans) keepRounds(entryOf(each.driver), each, context, new AbortController().signal).catch(() => {});
  const goodAt = (channel: number) => readings.filter((reading) => reading.channel === channel && reading.raw !== undefined).map(({ at_s }) => at_s);
  return { clock, readings, goodAt };
}

const cutOff: readonly BusFault[] = [
  { address: 0x76, fault: "power-cycle", at_s: 20.1 },
  { address: 0x76, fault: "held", at_s: 20.1 },
];

test("a chip that a power cycle left holding the data line silences the whole bus; it is clocked free, set up again, and all readings come back", async () => {
  const { clock, readings, goodAt } = twoChips(cutOff, true);
  await clock.advance(60);
  const lost = readings.filter(({ raw }) => raw === undefined);
  assert.deepEqual(new Set(lost.map(({ channel }) => channel)), new Set([0, 1, 9]));
  assert.match(lost[0]?.detail ?? "", /no acknowledge: the data line is held low/);
  assert.ok(lost.some(({ reason }) => reason === "lost-config"));
  assert.ok(
    lost.every(({ at_s }) => at_s < 26),
    `lost at ${lost.map(({ at_s }) => at_s)}`,
  );
  for (const channel of [0, 9]) assert.ok(goodAt(channel).filter((at_s) => at_s > 26).length > 30);
});

test("without the clocks the bus stays silent: the simulated line is let go by nothing else", async () => {
  const { clock, goodAt } = twoChips(cutOff, false);
  await clock.advance(60);
  for (const channel of [0, 9]) assert.ok(goodAt(channel).every((at_s) => at_s < 20.2));
});
