import assert from "node:assert/strict";
import { test } from "node:test";
import * as part from "../../../models/twin/instruments.ts";
import { seeded } from "../../../models/twin/random.ts";
import { ideal, openSensor, type SensorSpec } from "../../../models/twin/sensor.ts";
import type { Reading, SensorFault } from "../../../models/twin/sensor-faults.ts";
import type { World } from "../../../models/twin/world.ts";
import { noGas, stillWorld } from "./still-world.ts";

const co2 = (ppm: number) => ({ gas_ppm: { ...noGas, co2: ppm } });
const spec = (change: Partial<SensorSpec> = {}): SensorSpec => ({ ...ideal, column: "a", sees: ({ gas_ppm }) => gas_ppm.co2, ...change });

/** One reading a second of a world that is a function of time. */
function readings(of: SensorSpec, worldAt: (at_s: number) => World, until_s: number): (Reading | undefined)[] {
  const sensor = openSensor(of, seeded(3));
  return Array.from({ length: until_s + 1 }, (_, at_s) => {
    sensor.see(worldAt(at_s));
    return sensor.read();
  });
}
const values = (...args: Parameters<typeof readings>): number[] => readings(...args).map((reading) => reading?.value ?? Number.NaN);
const steady = (at_s: number) => stillWorld(at_s, co2(500));
const sd = (numbers: readonly number[]): number => {
  const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
  return Math.sqrt(numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (numbers.length - 1));
};

test("a step arrives to 90 % after T90, and through a sample line later by its delay", () => {
  const step = (at_s: number) => stillWorld(at_s, co2(at_s > 10 ? 1000 : 0));
  const direct = values(spec({ t90_s: 40 }), step, 120);
  assert.ok(Math.abs((direct[50] ?? 0) - 900) < 12, `${direct[50]} of 1000 at 40 s`);
  assert.equal(direct[10], 0);
  const drawn = values(spec({ t90_s: 40, delay_s: 15 }), step, 120);
  assert.equal(drawn[25], 0);
  for (let at_s = 26; at_s <= 100; at_s++) assert.ok(Math.abs((drawn[at_s] ?? 0) - (direct[at_s - 15] ?? 0)) < 1e-9, `at ${at_s} s`);
});

test("white noise has its spread, and wander its memory", () => {
  const white = values(spec({ noise: 4 }), steady, 5000);
  assert.ok(Math.abs(sd(white) - 4) < 0.15, `${sd(white)}`);
  const slow = values(spec({ wander: 4, memory_s: 50 }), steady, 20_000);
  const mean = slow.reduce((sum, value) => sum + value, 0) / slow.length;
  const lag = slow.slice(1).reduce((sum, value, index) => sum + (value - mean) * ((slow[index] ?? 0) - mean), 0) / slow.length / sd(slow) ** 2;
  assert.ok(Math.abs(sd(slow) - 4) < 0.8 && Math.abs(lag - Math.exp(-1 / 50)) < 0.01, `${sd(slow)}, ${lag}`);
});

test("gain, bias, drift, resolution, and both ends of the range", () => {
  const [first, ...rest] = values(spec({ gain: 1.1, bias: 7, drift_per_day: 864 }), steady, 100);
  assert.ok(Math.abs((first ?? 0) - 557) < 1e-9 && Math.abs((rest.at(-1) ?? 0) - 558) < 1e-9);
  assert.deepEqual([...new Set(values(spec({ noise: 4, resolution: 10 }), steady, 100).map((value) => value % 10))], [0]);
  assert.deepEqual(readings(spec({ most: 400 }), steady, 1)[0], { value: 400, bound: 1 });
  assert.deepEqual(readings(spec({ bias: -600, least: 0 }), steady, 1)[0], { value: 0, bound: 0 });
});

test("a thermocouple reads between surface and air, by its contact", () => {
  const hot = (at_s: number) => stillWorld(at_s, { chamber_degC: 30, cell: { surface_degC: 130, tab_degC: 110 } });
  const made = part.thermocouple({ id: "C1.surface", cell: 0, every_s: 1 }, "surface", seeded(1)).spec;
  const clean = { ...made, noise: 0, bias: 0, resolution: 0, contact: 0.9 };
  assert.ok(Math.abs((values(clean, hot, 60).at(-1) ?? 0) - 120) < 0.01);
  const fallen: SensorFault[] = [{ kind: "falls-off", from_s: 30, contact: 0.1 }];
  const after = values({ ...clean, faults: fallen }, hot, 120);
  assert.ok((after[29] ?? 0) > 119 && Math.abs((after.at(-1) ?? 0) - 39) < 0.01, `${after.at(-1)}`);
});

test("an H2 cell feels CO, thermal conductivity reads hydrogen as negative CO2", () => {
  const vent = (at_s: number) => stillWorld(at_s, { chamber_degC: 20, gas_ppm: { ...noGas, co: 1000, h2: 100, co2: 10_000 } });
  const h2 = { ...part.hydrogen({ id: "P1.h2", every_s: 1 }, seeded(1)).spec, noise: 0, wander: 0, bias: 0, gain: 1 };
  const [felt = 0] = values(h2, vent, 1);
  assert.ok(felt >= 150 && felt <= 400, `${felt}`);
  const conductivity = { ...part.apparentCarbonDioxide({ id: "P1.c", every_s: 1 }, seeded(1)).spec, noise: 0, wander: 0, bias: 0, gain: 1 };
  assert.equal(values(conductivity, (at_s) => ({ ...vent(at_s), humidity_pct: 0 }), 1)[0], 10_000 - 720);
});

const faults: readonly (readonly [fault: SensorFault, shows: (faulty: (Reading | undefined)[], healthy: number[]) => boolean])[] = [
  [
    { kind: "bias", from_s: 50, by: 30 },
    (faulty, healthy) => faulty.slice(50).every((reading, at) => Math.abs((reading?.value ?? 0) - (healthy[at + 50] ?? 0) - 30) < 1e-9),
  ],
  [{ kind: "drift", from_s: 50, per_h: 3600 }, (faulty, healthy) => Math.abs((faulty[100]?.value ?? 0) - (healthy[100] ?? 0) - 50) < 1e-9],
  [
    { kind: "spike", from_s: 50, by: 300, share: 0.2 },
    (faulty, healthy) => {
      const off = faulty.slice(50).map((reading, at) => Math.abs((reading?.value ?? 0) - (healthy[at + 50] ?? 0)));
      return off.some((by) => Math.abs(by - 300) < 1e-9) && off.some((by) => by < 1e-9);
    },
  ],
  [
    { kind: "warm-up", from_s: 50, by: 100, lasts_s: 20 },
    (faulty, healthy) => Math.abs((faulty[50]?.value ?? 0) - (healthy[50] ?? 0) - 100) < 1e-9 && Math.abs((faulty[75]?.value ?? 0) - (healthy[75] ?? 0)) < 1e-9,
  ],
  [{ kind: "asc-theft", from_s: 50, fresh: 400, period_s: 20 }, (faulty) => Math.abs((faulty[80]?.value ?? 0) - 400) < 30],
  [
    { kind: "poisoning", from_s: 50, over: 450, hold_s: 10, keeps: 0.3 },
    (faulty, healthy) => (faulty[55]?.value ?? 0) > 400 && Math.abs((faulty[70]?.value ?? 0) - 0.3 * (healthy[70] ?? 0)) < 1e-9,
  ],
  [{ kind: "stuck", from_s: 50 }, (faulty) => new Set(faulty.slice(50).map((reading) => reading?.value)).size === 1],
  [{ kind: "saturation", from_s: 50, at: 5000 }, (faulty) => faulty.slice(50).every((reading) => reading?.bound === 1 && reading.value === 5000)],
  [
    { kind: "dropout", from_s: 50, share: 0.5 },
    (faulty) => faulty.slice(50).some((reading) => reading === undefined) && faulty.slice(50).some((reading) => reading !== undefined),
  ],
  [{ kind: "all-zero", from_s: 50, reads: 0 }, (faulty) => faulty.slice(50).every((reading) => reading?.value === 0)],
  [{ kind: "all-one", from_s: 50, reads: 65_535 }, (faulty) => faulty.slice(50).every((reading) => reading?.value === 65_535)],
  [{ kind: "open-circuit", from_s: 50, reads: 2047.9375 }, (faulty) => faulty.slice(50).every((reading) => reading?.value === 2047.9375)],
  [{ kind: "sign", from_s: 50 }, (faulty, healthy) => faulty[60]?.value === -(healthy[60] ?? 0)],
  [{ kind: "decimals", from_s: 50, factor: 10 }, (faulty, healthy) => Math.abs((faulty[60]?.value ?? 0) - 10 * (healthy[60] ?? 0)) < 1e-9],
];
for (const [fault, shows] of faults) {
  test(`${fault.kind} shows from its time on and not before, and ends`, () => {
    const healthy = values(spec({ noise: 2 }), steady, 200);
    const faulty = readings(spec({ noise: 2, faults: [fault] }), steady, 200);
    assert.deepEqual(
      faulty.slice(0, 50).map((reading) => reading?.value),
      healthy.slice(0, 50),
    );
    assert.ok(shows(faulty, healthy), JSON.stringify(faulty.slice(48, 82)));
    const ended = readings(spec({ noise: 2, faults: [{ ...fault, until_s: 120 }] }), steady, 200);
    assert.deepEqual(
      ended.slice(120).map((reading) => reading?.value),
      healthy.slice(120),
    );
  });
}

test("slow-response: a step takes that many times longer", () => {
  const step = (at_s: number) => stillWorld(at_s, co2(at_s > 100 ? 1000 : 0));
  const slow = values(spec({ t90_s: 20, faults: [{ kind: "slow-response", from_s: 50, factor: 5 }] }), step, 260);
  assert.ok(Math.abs((slow[200] ?? 0) - 900) < 12, `${slow[200]} of 1000 after 100 s`);
});
