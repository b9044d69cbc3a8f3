import assert from "node:assert/strict";
import { test } from "node:test";
import type { StationInput } from "../../edge-agent/contracts/station.ts";
import type { AlarmName, Severity } from "../../edge-agent/core/alarms.ts";
import { currentPhase, isPlanned, outputsToOpen } from "../../edge-agent/outputs/interlocks.ts";
import { station } from "../support/station.ts";
import { alarm, permit, signal } from "./parts.ts";

const outputs = [permit("cycler"), permit("heater"), signal("siren")];
const abuse: StationInput["intent"] = {
  kind: "abuse",
  phases: [
    { id: "ramp", planned: ["vent", "runaway"], stop_test_on: ["vent"] },
    { id: "hold", planned: [], stop_test_on: ["runaway"] },
  ],
};
const protect = (when: AlarmName, ...open: string[]) => ({ when, class: "protect" as const, open });
const stop = (when: AlarmName, ...open: string[]) => ({ when, class: "stop" as const, open });

type Row = readonly [string, StationInput["interlocks"], StationInput["intent"], string | undefined, AlarmName, Severity, readonly string[]];

const rows: readonly Row[] = [
  ["protect acts though planned", [protect("runaway", "cycler", "siren")], abuse, "ramp", "runaway", "trip", ["cycler", "heater", "siren"]],
  ["stop waits for a planned alarm", [stop("runaway", "cycler", "heater")], abuse, "ramp", "runaway", "trip", []],
  ["stop acts when planned but in stop_test_on", [stop("vent", "heater")], abuse, "ramp", "vent", "alarm", ["heater"]],
  ["stop acts in a phase that does not plan it", [stop("runaway", "cycler", "heater")], abuse, "hold", "runaway", "trip", ["cycler", "heater"]],
  ["stop acts in a phase that does not exist", [stop("runaway", "cycler", "heater")], abuse, "gone", "runaway", "trip", ["cycler", "heater"]],
  ["stop acts without a phase", [stop("runaway", "cycler", "heater")], abuse, undefined, "runaway", "trip", ["cycler", "heater"]],
  ["stop acts without an intent", [stop("runaway", "cycler", "heater")], undefined, undefined, "runaway", "trip", ["cycler", "heater"]],
  ["protect wins over a planned stop", [stop("runaway", "heater"), protect("runaway", "heater")], abuse, "ramp", "runaway", "trip", ["cycler", "heater"]],
  ["below trip only what is named opens", [stop("coverage-lost", "heater")], abuse, "ramp", "coverage-lost", "alarm", ["heater"]],
  ["below trip nothing opens by default", [], undefined, undefined, "vent", "alarm", []],
  ["without interlocks a trip opens every permit and no signal", [], undefined, undefined, "runaway", "trip", ["cycler", "heater"]],
  ["an unnamed permit opens even on a planned trip", [stop("runaway", "heater")], abuse, "ramp", "runaway", "trip", ["cycler"]],
  [
    "a permit named only for another alarm opens on a trip",
    [stop("coverage-lost", "cycler", "heater")],
    abuse,
    "ramp",
    "toxic-gas",
    "trip",
    ["cycler", "heater"],
  ],
  ["but as a stop, so a planned trip spares it", [stop("coverage-lost", "cycler", "heater")], abuse, "ramp", "runaway", "trip", []],
  [
    "named elsewhere as protect it opens on a planned trip",
    [protect("mains-lost", "cycler"), stop("vent", "heater")],
    abuse,
    "ramp",
    "runaway",
    "trip",
    ["cycler"],
  ],
  ["a signal named elsewhere stays off", [protect("toxic-gas", "siren")], undefined, undefined, "flammable-gas", "trip", ["cycler", "heater"]],
  ["an output named twice opens once", [protect("vent", "siren", "siren"), stop("vent", "siren")], undefined, undefined, "vent", "alarm", ["siren"]],
];

for (const [name, interlocks, intent, phase, raised, severity, expected] of rows) {
  test(name, () => {
    const under = station({ outputs, interlocks, intent });
    assert.deepEqual(outputsToOpen(under, phase, alarm(raised, severity)), expected);
    assert.deepEqual(outputsToOpen(under, phase, alarm(raised, severity, false)), [], "an alarm that is not active opens nothing");
  });
}

test("what is planned depends on the phase, and nothing is planned without one", () => {
  const { intent } = station({ outputs, intent: abuse });
  assert.equal(isPlanned(intent, "ramp", "vent"), true);
  assert.equal(isPlanned(intent, "hold", "vent"), false);
  assert.equal(isPlanned(intent, undefined, "vent"), false);
  assert.equal(isPlanned(undefined, "ramp", "vent"), false);
  assert.equal(currentPhase(intent), "ramp");
  assert.equal(currentPhase(undefined), undefined);
});
