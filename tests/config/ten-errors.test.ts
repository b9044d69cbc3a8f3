import assert from "node:assert/strict";
import { test } from "node:test";
import { tenErrors } from "../support/ten-errors.ts";
import { linesOf } from "./base.ts";

test("a file with ten mixed errors says each of them in one run, with its place", () => {
  assert.deepEqual(
    linesOf(tenErrors).filter((line) => !line.includes("warning:")),
    [
      '4:1: colour: unknown key "colour" (known here: version, site, station, cells, packs, buses, channels, limits, outputs, intent, interlocks, sinks, spool)',
      '7:5: cells[0].capacty: unknown key "capacty"; did you mean "capacity"? (known here: id, pack, chemistry, capacity, mass, max_temperature, material)',
      '8:11: cells[0].mass: found 82, which has no unit; write "82 g" (units: g, kg, mg)',
      '14:17: channels[0].at.cell: found "C9", which is no cell here; did you mean "C1"? (cells: C1)',
      '17:5: channels[0].evry: unknown key "evry"; did you mean "every"? (known here: id, quantity, gas, contact, at, place, source, every, role, essential, t90, rated_for_personal_safety, calibration, line, report)',
      '18:9: channels[1].id: found "C1.t", which line 12 has already; ids of channels are unique',
      '24:37: channels[1].calibration.date: found "2026-02-31"; write a date such as 2026-09-30',
      '28:11: channels[2].role: found "leeding"; did you mean "leading"? (one of leading, confirming, context)',
      '29:48: channels[2].source.unit: found "degC", which is no unit of pressure (units: kPa, Pa, hPa, mbar, bar, psi)',
      "33:53: channels[3].source.address: found 0x62; mcp9601 answers at 0x60, 0x67",
      "33:53: channels[3].source.address: found 0x62 on i2c-1, where line 21 has a scd41; strap or order mcp9601 for 0x60, or give one of the two another bus",
    ],
  );
});
