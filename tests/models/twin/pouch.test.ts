import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { overPressure_Pa, softening, vapourPressure_Pa, volumeOf } from "../../../models/twin/pouch.ts";

const slack_m3 = 15e-6;
const stiffness_Pa = 100_000;

test("slack, a pouch has the pressure around it; taut, gas law and stiffness hold together", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1e-3, noNaN: true }),
      fc.double({ min: 300, max: 1300, noNaN: true }),
      fc.double({ min: 5e4, max: 5e5, noNaN: true }),
      (mol, T_K, outside_Pa) => {
        const nRT_J = mol * 8.314 * T_K;
        const volume_m3 = volumeOf(nRT_J, outside_Pa, slack_m3, stiffness_Pa);
        const over_Pa = overPressure_Pa(volume_m3, slack_m3, stiffness_Pa);
        assert.ok(Math.abs((outside_Pa + over_Pa) * volume_m3 - nRT_J) <= 1e-9 * nRT_J + 1e-15);
        assert.equal(over_Pa > 0, volume_m3 > slack_m3);
      },
    ),
  );
});

test("heat softens the seal to 0.3 at 130 °C and 0.1 at 150 °C", () => {
  for (const [t_degC, left] of [
    [-20, 1],
    [25, 1],
    [95, 0.65],
    [130, 0.3],
    [140, 0.2],
    [150, 0.1],
    [900, 0.1],
  ] as const) {
    assert.ok(Math.abs(softening(t_degC) - left) < 1e-9, `${t_degC} °C: ${softening(t_degC)}`);
  }
});

test("the solvent's vapour reaches an atmosphere above its boiling point, and vanishes with the solvent", () => {
  assert.ok(vapourPressure_Pa(298, 1) > 2000 && vapourPressure_Pa(298, 1) < 8000);
  assert.ok(vapourPressure_Pa(373, 1) < 101_325 && vapourPressure_Pa(393, 1) > 101_325);
  assert.equal(vapourPressure_Pa(393, 0), 0);
});
