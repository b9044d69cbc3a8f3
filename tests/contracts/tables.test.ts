/** The tables that everything derives from: unique where something stores them, complete where the design names them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { stationSchema } from "../../edge-agent/contracts/station.ts";
import { topics } from "../../edge-agent/contracts/topics.ts";
import { alarmKind, alarmNames, alarmStateCode, alarmStates, classRunaway, severities, severityCode } from "../../edge-agent/core/alarms.ts";
import { faultCodes } from "../../edge-agent/core/faults.ts";
import { healthFields } from "../../edge-agent/core/health.ts";
import { splitMeasure } from "../../edge-agent/core/measured.ts";
import { quantityNames, quantityOf, toCanonical, unitsOf } from "../../edge-agent/core/quantities.ts";
import { reasonCode, reasonNames, reasonOfCode, reasons } from "../../edge-agent/core/reasons.ts";
import { qualities, qualityCode } from "../../edge-agent/core/sample.ts";
import { stageCode, stages } from "../../edge-agent/core/stages.ts";

const words = (text: string): string[] => text.trim().split(/\s+/);
const isUnique = (values: readonly unknown[]): boolean => new Set(values).size === values.length;

test("reason codes are unique integers from 0 without gaps and read back", () => {
  assert.deepEqual(
    reasonNames.map(reasonCode).toSorted((a, b) => a - b),
    reasonNames.map((_, index) => index),
  );
  for (const name of reasonNames) assert.equal(reasonOfCode(reasonCode(name)), name);
  assert.equal(reasonOfCode(9999), undefined);
});

test("reason codes that are stored in spools and databases keep their number", () => {
  const stored = words(`none out-of-range rate stuck stale sentinel warming-up saturated no-reply checksum bus-deadline not-ready wrong-device open-circuit
    short-circuit calibration-expired operating-range disagreement malformed lost-config not-measuring gaps calibrated-range partner-unsure no-input no-flow`);
  for (const [code, name] of stored.entries()) assert.equal(reasonOfCode(code), name);
});

test("only the reason `none` is good", () => {
  for (const name of reasonNames) assert.equal(reasons[name].quality === "good", name === "none", name);
});

test("quality, stage, severity and alarm state are stored by their order", () => {
  assert.deepEqual(
    qualities.map((quality) => qualityCode[quality]),
    [0, 1, 2],
  );
  assert.deepEqual(stages, words("normal gassing swelling vented self-heating runaway"));
  assert.deepEqual(stages.map(stageCode), [0, 1, 2, 3, 4, 5]);
  assert.deepEqual(severities, words("advisory warning alarm trip"));
  assert.deepEqual(severities.map(severityCode), [1, 2, 3, 4]);
  assert.deepEqual(alarmStates, words("normal unack ack rtn-unack latched-unack latched-ack shelved suppressed out-of-service"));
  assert.deepEqual(alarmStates.map(alarmStateCode), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
});

test("a field names its quantity and its unit, and no two quantities share one", () => {
  assert.ok(isUnique(quantityNames.map((name) => quantityOf(name).field)));
  for (const name of quantityNames) {
    const { field, unit } = quantityOf(name);
    assert.equal(field, `${name}_${unit.replace("/", "_per_")}`);
    assert.match(field, /^[a-z0-9]+_[A-Za-z_]+$/);
    assert.ok(!["raw", "quality", "reason", "bound"].includes(field));
  }
});

test("design 5.5 names these fields", () => {
  const fields = quantityNames.map((name) => quantityOf(name).field);
  for (const field of words(`temperature_degC pressure_kPa co2_ppm h2_ppm hf_ppm voc_ppm o2_pct humidity_pct flow_L_per_min voltage_V current_A thickness_mm
    force_N`))
    assert.ok(fields.includes(field), field);
});

test("a quantity's ranges, rates and conversions are usable numbers", () => {
  for (const name of quantityNames) {
    const quantity = quantityOf(name);
    assert.ok(quantity.low < quantity.high, name);
    assert.ok((quantity.maxRate_per_s ?? 1) > 0 && (quantity.stuck_s ?? 1) > 0, name);
    assert.deepEqual(toCanonical(name, quantity.unit), [1, 0]);
    assert.equal(unitsOf(name)[0], quantity.unit);
    for (const unit of unitsOf(name)) {
      const [factor, offset] = toCanonical(name, unit) ?? [Number.NaN, Number.NaN];
      assert.ok(factor > 0 && Number.isFinite(offset), `${name} in ${unit}`);
      assert.deepEqual(splitMeasure(`1 ${unit}`), { value: 1, unit }, "a station file can write it");
    }
    assert.equal(toCanonical(name, "furlong"), undefined);
  }
});

test("conversions agree with what is known", () => {
  const convert = (name: (typeof quantityNames)[number], unit: string, value: number) => {
    const [factor, offset] = toCanonical(name, unit) ?? [Number.NaN, 0];
    return Number((value * factor + offset).toPrecision(6));
  };
  assert.equal(convert("temperature", "K", 273.15), 0);
  assert.equal(convert("temperature", "degF", 212), 100);
  assert.equal(convert("pressure", "psi", 14.695949), 101.325);
  assert.equal(convert("pressure", "mbar", 1013.25), 101.325);
  assert.equal(convert("o2", "ppm", 209_500), 20.95);
  assert.equal(convert("co2", "pct", 1), 10_000);
  assert.equal(convert("flow", "L/s", 1), 60);
  assert.equal(convert("strain", "m/m", 1e-6), 1);
});

test("the alarm table is that of design 5.4", () => {
  assert.deepEqual(
    new Set(alarmNames),
    new Set(
      words(`gas-rise swelling vent self-heating runaway-imminent runaway over-temperature over-pressure toxic-gas oxygen-deficiency flammable-gas sensor-lost
        coverage-lost agent-degraded clock-unsure store-backlog mains-lost`),
    ),
  );
  assert.deepEqual(classRunaway, ["self-heating", "runaway-imminent", "runaway"]);
});

test("every alarm has a scope, delays and a meaning; what science 4.4 latches latches", () => {
  for (const name of alarmNames) {
    const kind = alarmKind(name);
    assert.ok(kind.scopes.length > 0 && isUnique(kind.scopes), name);
    assert.ok(kind.onDelay_s >= 0 && kind.offDelay_s >= 0 && kind.deadband >= 0 && kind.deadband < 1, name);
    assert.notEqual(kind.means, "");
  }
  for (const name of ["runaway", "vent", "toxic-gas", "flammable-gas"] as const) assert.ok(alarmKind(name).latches, name);
  assert.equal(alarmKind("runaway").severity, "trip");
});

test("every default limit has a quantity, one side, a source, and lies inside what the quantity can read", () => {
  for (const name of alarmNames) {
    const { limits } = alarmKind(name);
    assert.ok(isUnique(limits.map(({ quantity, severity }) => `${quantity} ${severity}`)), name);
    for (const { quantity, over, under, source } of limits) {
      assert.ok(quantityNames.includes(quantity), `${name} on ${quantity}`);
      assert.equal([over, under].filter((side) => side !== undefined).length, 1);
      const limit = over ?? under ?? Number.NaN;
      assert.ok(limit > quantityOf(quantity).low && limit < quantityOf(quantity).high, `${name} on ${quantity}`);
      assert.ok(source.length > 5);
    }
  }
});

test("a limit of a station file without a reason says where it comes from, as an alarm quotes it", () => {
  const limits = [{ alarm: "over-temperature", at: { station: true }, value: "45 degC" }];
  const { limits: read } = stationSchema.pick({ limits: true }).parse({ limits });
  assert.equal(read[0]?.reason, "set in the station file");
});

test("a graver default limit is the farther one", () => {
  for (const name of alarmNames) {
    const over = alarmKind(name).limits.filter((limit) => limit.over !== undefined);
    for (const a of over) {
      for (const b of over) {
        if (a.quantity === b.quantity && severityCode(a.severity) < severityCode(b.severity)) assert.ok((a.over ?? 0) < (b.over ?? 0), name);
      }
    }
  }
});

test("the topics are those of design 5.6, with its retention and delivery", () => {
  assert.deepEqual(
    Object.values(topics).map(({ path }) => path),
    words("status sample/{channel} estimate/{cell} alarm/{id} event chart/{channel} command/{verb} reply/{id}"),
  );
  for (const [name, { retain }] of Object.entries(topics)) assert.equal(retain, ["status", "estimate", "alarm"].includes(name), name);
  for (const name of ["alarm", "event", "command"] as const) assert.equal(topics[name].qos, 1);
});

test("the agent's health has what design 5.5 asks for, each with its unit or count in the name", () => {
  for (const field of ["backlog_samples", "evicted_samples", "read_faults", "loop_delay_p99_ms", "resident_MiB", "clock_offset_ms"])
    assert.ok(field in healthFields, field);
  for (const [field, { per, means }] of Object.entries(healthFields)) {
    assert.match(field, /(_(samples|MiB|letters|readings|pieces|ms|s|faults|restarts|commands)|^reads)$/);
    assert.ok(["station", "bus"].includes(per));
    assert.match(means, /\w/);
  }
});

test("a fault code says where and what", () => {
  assert.ok(isUnique(faultCodes));
  for (const code of faultCodes) assert.match(code, /^[a-z]+\/[a-z-]+$/);
});
