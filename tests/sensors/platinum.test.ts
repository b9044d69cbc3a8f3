import assert from "node:assert/strict";
import test from "node:test";
import { HIGHEST_degC, LOWEST_degC, resistanceRatio, temperatureOfRatio } from "../../edge-agent/sensors/platinum.ts";

/** IEC 60751, table of a PT100, rounded to a milliohm. */
const rows: readonly [degC: number, ohm: number][] = [
  [-200, 18.52],
  [-100, 60.256],
  [-50, 80.306],
  [0, 100],
  [100, 138.506],
  [200, 175.856],
  [400, 247.092],
  [850, 390.481],
];
for (const [degC, ohm] of rows) {
  test(`a PT100 has ${ohm} ohm at ${degC} degC, and the other way round`, () => {
    assert.ok(Math.abs(resistanceRatio(degC) * 100 - ohm) < 0.00051, `${resistanceRatio(degC) * 100}`);
    assert.ok(Math.abs(temperatureOfRatio(ohm / 100) - degC) <= 0.002, `${temperatureOfRatio(ohm / 100)}`);
  });
}

test("from -200 to 850 degC the way back ends where it began", () => {
  for (let degC = LOWEST_degC; degC <= HIGHEST_degC; degC += 0.25) {
    const back = temperatureOfRatio(resistanceRatio(degC));
    assert.ok(Math.abs(back - degC) < 1e-8, `${degC}: ${back}`);
  }
});
