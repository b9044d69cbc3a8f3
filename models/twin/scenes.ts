/** The table of scenes. */
import { breathing } from "./scenes/breathing.ts";
import { calibrationGas } from "./scenes/calibration-gas.ts";
import { chamberRamp } from "./scenes/chamber-ramp.ts";
import { cycling } from "./scenes/cycling.ts";
import { fallenThermocouple } from "./scenes/fallen-thermocouple.ts";
import { fanFailure } from "./scenes/fan-failure.ts";
import { formation } from "./scenes/formation.ts";
import { hardShort } from "./scenes/hard-short.ts";
import { heatWaitSeek } from "./scenes/heat-wait-seek.ts";
import { heaterPad } from "./scenes/heater-pad.ts";
import { hotSoak } from "./scenes/hot-soak.ts";
import { instrumentFault } from "./scenes/instrument-fault.ts";
import { lowGas } from "./scenes/low-gas.ts";
import { nail } from "./scenes/nail.ts";
import { nearMiss } from "./scenes/near-miss.ts";
import { ovenRamp } from "./scenes/oven-ramp.ts";
import { overcharge } from "./scenes/overcharge.ts";
import { propagation } from "./scenes/propagation.ts";
import type { Scene } from "./scenes/scene.ts";
import { softShort } from "./scenes/soft-short.ts";
import { solvent } from "./scenes/solvent.ts";
import { storage, storageKnee } from "./scenes/storage.ts";
import { ventOnly } from "./scenes/vent-only.ts";

/** Healthy use, what harms cells, what only looks like it. */
export const scenes: readonly Scene[] = [
  formation,
  cycling,
  storage,
  storageKnee,
  ovenRamp,
  heatWaitSeek,
  hotSoak,
  heaterPad,
  overcharge,
  softShort,
  hardShort,
  nail,
  propagation,
  ventOnly,
  lowGas,
  nearMiss,
  breathing,
  calibrationGas,
  chamberRamp,
  solvent,
  fanFailure,
  fallenThermocouple,
  instrumentFault,
];

export const sceneNamed = (name: string): Scene | undefined => scenes.find((scene) => scene.name === name);
