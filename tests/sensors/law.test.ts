/** The law of sensors: whatever the wire does, a driver gives a reason and never a number that was not measured. */
import assert from "node:assert/strict";
import test from "node:test";
import { type FaultKind, faultKinds } from "../../edge-agent/bus/scripted-fault.ts";
import { type Reason, reasons } from "../../edge-agent/core/reasons.ts";
import { catalogue } from "../../edge-agent/sensors/catalogue.ts";
import { inapplicable } from "../../edge-agent/sensors/inapplicable.ts";
import { simulatedChips, simulatedOneWireChips, simulatedPorts, simulatedSpiChips, simulatedUnits } from "../../edge-agent/sensors/simulated.ts";
import { DEADLINE_s, planOf, wireBench } from "./bench.ts";
import { beyond, caughtBy, library } from "./fault-library.ts";

/** Chips that must warm up first, in seconds; what they say until then is no matter of a healthy wire. */
const warmUp_s: Readonly<Record<string, number>> = { sgp41: 61 };

/** A chip that is looked at hundreds of times a second shows as much in less time. */
const timesOf = (driver: string) => {
  const warm_s = warmUp_s[driver] ?? 0;
  if (catalogue[driver]?.bus === "one-wire") return { FAULT_AT_s: 40.9, END_s: 80 }; // between two readings, which on 1-Wire last 0.75 s
  return catalogue[driver]?.keepsBeat === true ? { FAULT_AT_s: 6.2, END_s: 14 } : { FAULT_AT_s: warm_s + 40.2, END_s: warm_s + 80 };
};

/** Chips without a setting: a power cycle between two readings takes nothing from them. */
const forgetNothing: readonly string[] = ["abp2", "ds18b20", "hsc", "max31855", "midas", "modbus", "mprls", "sgp41", "sht4x"];

/** Chips whose wire does not tell a conversion from the one before: one that stands still is a steady world, for the rule `stuck` to see. */
const tellNoConversion: readonly string[] = ["max31855", "tmp105"];

/** What a standing fault may be called. Chips without checksums tell a disturbed wire by identity and settings. */
const named: Readonly<Partial<Record<FaultKind, readonly Reason[]>>> = {
  nack: ["no-reply"],
  checksum: ["checksum", "wrong-device"],
  short: ["malformed"],
  zeros: ["checksum", "wrong-device"],
  ones: ["checksum", "wrong-device"],
  "not-ready": ["not-ready"],
  "wrong-device": ["checksum", "wrong-device"],
  stretch: ["no-reply"],
  "gas-id": ["wrong-device"],
};

test("every driver has a simulated chip, and every simulated chip a driver", () => {
  assert.deepEqual(
    Object.keys({ ...simulatedChips, ...simulatedOneWireChips, ...simulatedPorts, ...simulatedSpiChips, ...simulatedUnits }).sort(),
    Object.keys(catalogue).sort(),
  );
  for (const [name, entry] of Object.entries(catalogue)) assert.equal(entry.driver, name);
});

for (const driver of Object.keys(catalogue)) {
  const { FAULT_AT_s, END_s } = timesOf(driver);
  const WARM_s = warmUp_s[driver] ?? 0;
  const start = async (fault: FaultKind, for_s = END_s) => {
    const run = wireBench(planOf(driver), [{ fault, at_s: FAULT_AT_s }]);
    await run.clock.advance(for_s);
    const before = run.readings.filter(({ at_s }) => at_s >= WARM_s && at_s < FAULT_AT_s);
    assert.ok(before.length > 0 && before.every(({ raw, reason }) => raw !== undefined && reason === undefined), "healthy before the fault");
    return { ...run, after: run.readings.filter(({ at_s }) => at_s >= FAULT_AT_s) };
  };

  for (const [fault, expected] of Object.entries(named) as [FaultKind, readonly Reason[]][]) {
    if (fault === "not-ready" && tellNoConversion.includes(driver)) continue;
    if (inapplicable(fault, driver) !== undefined) continue;
    test(`${driver}: ${fault} is called ${expected.join(" or ")}, on every output and beat`, async () => {
      const { after, failure } = await start(fault);
      const outputs = planOf(driver).channels.length;
      assert.ok(after.length >= 4 * outputs, `${after.length} readings`);
      for (const { raw, reason, detail } of after) {
        assert.equal(raw, undefined, `a number under ${fault}`);
        assert.ok(reason !== undefined && expected.includes(reason), `${reason}: ${detail}`);
        assert.match(detail ?? "", /^bus-1( [^:]+)?: [^\n]+$/);
        assert.doesNotMatch(detail ?? "", /driver failed/);
        assert.equal(reasons[reason].quality, "bad");
      }
      assert.equal(failure(), undefined);
    });
  }

  const costs = forgetNothing.includes(driver) ? 0 : 1;
  test(`${driver}: a power cycle costs ${costs} reading per output, called lost-config, and the chip is set up again`, async () => {
    const { after } = await start("power-cycle");
    const bad = after.filter(({ raw }) => raw === undefined);
    assert.ok(bad.every(({ reason }) => reason === "lost-config"));
    assert.equal(bad.length, costs * planOf(driver).channels.length);
    assert.ok(
      after.slice(-1).every(({ raw, at_s }) => raw !== undefined && at_s > END_s - 10),
      "good again",
    );
  });

  test(`${driver}: a frozen chip goes on giving the same number`, async () => {
    const { after, readings } = await start("frozen");
    for (const { channel, output } of planOf(driver).channels) {
      const rule = catalogue[driver]?.outputs[output];
      if (typeof rule === "object" && rule.eventful === true) continue; // nothing happens to a world that stands still
      assert.equal(new Set(after.filter((reading) => reading.channel === channel).map(({ raw }) => raw)).size, 1);
      assert.ok(new Set(readings.filter((reading) => reading.channel === channel).map(({ raw }) => raw)).size > 2, "moves otherwise");
    }
  });

  if (inapplicable("held", driver) === undefined)
    test(`${driver}: a data line that is held costs readings, called no-reply, until the bus is clocked free`, async () => {
      const { after, failure } = await start("held");
      const lost = after.filter(({ raw }) => raw === undefined);
      assert.ok(lost.every(({ reason }) => reason === "no-reply"));
      assert.ok(lost.length > 0 || catalogue[driver]?.keepsBeat === true, "within a beat only a chip that is asked all the time is freed");
      assert.ok(
        after.slice(-1).every(({ raw, at_s }) => raw !== undefined && at_s > END_s - 10),
        "good again",
      );
      assert.equal(failure(), undefined);
    });

  test(`${driver}: a transfer that never completes is reported within the deadline, and nothing is begun behind it`, async () => {
    const { after, overdue } = await start("wedge");
    assert.deepEqual(after, []);
    assert.equal(overdue.length, 1);
    assert.ok((overdue[0]?.at_s ?? 0) <= FAULT_AT_s + 5 + DEADLINE_s);
  });

  test(`${driver}: a blocking transfer reaches the thread`, async () => {
    const { hangs, after } = await start("hang");
    assert.equal(hangs(), 1);
    assert.deepEqual(after, []);
  });
}

/** What every device model should be able to show, as it was asked for; written out, so that a missing one fails. */
const listed = [
  "stuck value",
  "frozen-but-CRC-valid",
  "bias",
  "slow drift",
  "spike",
  "saturation",
  "CRC error",
  "NACK",
  "bus hang",
  "stretched clock",
  "all-zero/all-one",
  "sign error",
  "unit/decimals change",
  "gas-id swap",
  "ASC baseline theft",
  "warm-up",
  "over-range poisoning",
  "delayed T90",
  "power-cycle loss of config (STC31-C)",
  "timestamp jump",
];

test("every fault of the library can be injected, every fault that can be injected is of it, and each part either shows one or says why not", () => {
  assert.deepEqual(Object.keys(library), listed);
  assert.deepEqual([...Object.values(library).flatMap(({ faults }) => faults), ...beyond].sort(), Object.keys(faultKinds).sort());
  for (const fault of Object.keys(faultKinds) as FaultKind[]) {
    const unable = Object.keys(catalogue).filter((driver) => inapplicable(fault, driver) !== undefined);
    assert.ok(unable.length < Object.keys(catalogue).length, `some part shows ${fault}`);
    for (const driver of unable) assert.match(inapplicable(fault, driver) ?? "", /^[a-z].+[^.]$/);
  }
});

test("this file shows all that a driver must catch", () => {
  assert.deepEqual([...caughtBy("driver"), ...beyond].sort(), [...Object.keys(named), "power-cycle", "held", "wedge", "hang"].sort());
});
