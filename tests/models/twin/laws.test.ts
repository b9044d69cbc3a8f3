/** What holds for every drawn world, whatever a scene does to it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { usualCell } from "../../../models/twin/params/cell.ts";
import type { CellSetup } from "../../../models/twin/setup.ts";
import type { Drive, World } from "../../../models/twin/world.ts";
import { cells, chambers } from "./drawn.ts";
import { driveOf, run, worldOf } from "./worlds.ts";

const allFinite = (value: unknown): boolean =>
  typeof value === "object" && value !== null ? Object.values(value).every(allFinite) : typeof value !== "number" || Number.isFinite(value);

const wild = (...values: number[]) => fc.oneof(fc.constantFrom(...values), fc.double({ min: -1e3, max: 1e3, noNaN: true }));
const drives: fc.Arbitrary<Drive> = fc
  .record({
    current_A: wild(0, 1e4, -1e9, 1e300),
    heater_W: wild(0, 1e5, -1e300, 1e300),
    short_ohm: fc.constantFrom(0, 1e-3, 1, Number.POSITIVE_INFINITY),
    setPoint_degC: wild(25, -300, 1e300),
    fan: fc.constantFrom(0, 1, 1e300),
    door_per_h: fc.constantFrom(0, 60, 1e300),
    room_degC: wild(23, -243.12, 1e300),
    room_kPa: fc.constantFrom(101.3, 1e-300, 1e300),
    h2: fc.constantFrom(0, 1e-6, 1000),
  })
  .map(({ current_A, heater_W, short_ohm, h2, ...room }) => driveOf([{ current_A, heater_W, short_ohm }], { ...room, inflow_mol_per_s: { h2 } }));

test("every number stays finite whatever is done", () => {
  fc.assert(
    fc.property(cells, chambers, fc.array(fc.tuple(drives, fc.constantFrom(1e-6, 0.01, 1, 5)), { minLength: 1, maxLength: 6 }), (cell, chamber, steps) => {
      const world = worldOf([cell], chamber);
      for (const [drive, dt_s] of steps) {
        const now = world.step(drive, dt_s);
        assert.ok(allFinite(now), JSON.stringify(now));
        for (const mol of [...Object.values(now.gas_ppm), ...Object.values(now.cells[0]?.inside_mol ?? {})]) assert.ok(mol >= 0);
      }
    }),
    { numRuns: 40 },
  );
});

test("what reacted never comes back, and made gas stays made", () => {
  fc.assert(
    fc.property(cells, fc.array(fc.double({ min: -20, max: 60, noNaN: true }), { minLength: 3, maxLength: 10 }), (cell, watts) => {
      const world = worldOf([cell]);
      let before = world.world();
      let left = world.ledger().cells[0]?.left ?? [];
      for (const heater_W of watts) {
        const now = run(world, driveOf([{ heater_W }]), 5, 200);
        const after = world.ledger().cells[0]?.left ?? [];
        for (const gas of ["co2", "co", "h2", "c2h4", "ch4", "o2", "hf"] as const) {
          assert.ok((now.cells[0]?.made_mol[gas] ?? 0) >= (before.cells[0]?.made_mol[gas] ?? 0), gas);
        }
        // The SEI is what Feng's set makes anew; the last is a thickness, which grows.
        for (let i = 1; i < 6; i++) assert.ok((after[i] ?? 0) <= (left[i] ?? 0));
        assert.ok(now.cells[0]?.vented || !before.cells[0]?.vented, "a vent stays open");
        [before, left] = [now, after];
      }
    }),
    { numRuns: 15 },
  );
});

test("the same setup and drives give the same world to the last bit", () => {
  fc.assert(
    fc.property(cells, chambers, (cell, chamber) => {
      const once = () => run(worldOf([cell, cell], chamber, [{ a: 0, b: 1, conductance_W_per_K: 1 }]), driveOf([{ heater_W: 40 }, {}]), 3, 900);
      assert.deepEqual(once(), once());
    }),
    { numRuns: 5 },
  );
});

test("the length of a step does not move the runaway of drawn cells", () => {
  fc.assert(
    fc.property(cells, (cell) => {
      const [fine, coarse] = [1, 5].map((dt_s) => run(worldOf([cell]), driveOf([{ heater_W: 6 * cell.capacity_Ah }]), dt_s, 2 * 3600, runsAway));
      assert.ok(fine && coarse);
      assert.ok(Math.abs(fine.at_s - coarse.at_s) <= 0.01 * fine.at_s + 5, `${fine.at_s} s and ${coarse.at_s} s`);
    }),
    { numRuns: 10 },
  );
});

const runsAway = (now: World): boolean => (now.cells[0]?.net_K_per_min ?? 0) > 60;

test("the length of a step does not move the time of the vent or of the runaway by more than 1 %", () => {
  const ways: readonly (readonly [what: string, cell: CellSetup, drive: Drive])[] = [
    ["oven", usualCell, driveOf([{}], { setPoint_degC: 170 })],
    ["heater", usualCell, driveOf([{ heater_W: 25 }])],
    ["overcharge", usualCell, driveOf([{ current_A: 5 }])],
    ["Feng NMC", { ...usualCell, kinetics: { ...usualCell.kinetics, set: "feng" } }, driveOf([{ heater_W: 25 }])],
  ];
  for (const [what, cell, drive] of ways) {
    const times = [0.5, 2, 5].map((dt_s) => {
      const world = worldOf([cell]);
      const vent_s = run(world, drive, dt_s, 4 * 3600, (now) => now.cells[0]?.vented === true).at_s;
      return { vent_s, away_s: run(world, drive, dt_s, 4 * 3600, runsAway).at_s, dt_s };
    });
    const [fine] = times;
    assert.ok(fine && fine.away_s < 4 * 3600 - 5, `${what}: ${JSON.stringify(times)}`);
    for (const { vent_s, away_s, dt_s } of times) {
      assert.ok(Math.abs(vent_s - fine.vent_s) <= 0.01 * fine.vent_s + dt_s, `vent, ${what}: ${JSON.stringify(times)}`);
      assert.ok(Math.abs(away_s - fine.away_s) <= 0.01 * fine.away_s + dt_s, `runaway, ${what}: ${JSON.stringify(times)}`);
    }
  }
});
