/** How the tables of the agent are said and drawn to a person: one row for each of their rows, or the type check fails. */
import type { AlarmName, AlarmState, Severity } from "../../edge-agent/core/alarms.ts";
import type { QuantityName } from "../../edge-agent/core/quantities.ts";
import type { Stage } from "../../edge-agent/core/stages.ts";

/** How loud the page draws something: the severities, and below them what is normal or unknown. Colours: templates/station.css. */
export type Level = Severity | "normal" | "unknown";

interface Look {
  readonly word: string;
  /** A Material Design icon of the set that the dashboard brings along. */
  readonly icon: string;
  readonly level: Level;
}

/** The level of a stage is how it is drawn, not an alarm: alarms are raised by the agent alone. */
/** No estimate, or one of a cell that no detector can judge: never green. */
export const notJudged: Look = { word: "Not judged", icon: "mdi-help-circle-outline", level: "unknown" };

export const stageLooks = {
  normal: { word: "Normal", icon: "mdi-check", level: "normal" },
  gassing: { word: "Gassing", icon: "mdi-weather-windy", level: "warning" },
  swelling: { word: "Swelling", icon: "mdi-arrow-expand-horizontal", level: "warning" },
  vented: { word: "Vented", icon: "mdi-valve-open", level: "alarm" },
  "self-heating": { word: "Self-heating", icon: "mdi-thermometer-chevron-up", level: "alarm" },
  runaway: { word: "Runaway", icon: "mdi-fire", level: "trip" },
} as const satisfies Record<Stage, Look>;

export const alarmWords = {
  "gas-rise": "gas rising",
  swelling: "swelling",
  vent: "seal opened (vent)",
  "self-heating": "self-heating",
  "runaway-imminent": "thermal runaway imminent",
  runaway: "thermal runaway",
  "over-temperature": "too hot",
  "over-pressure": "pressure too high",
  "toxic-gas": "toxic gas",
  "oxygen-deficiency": "oxygen too low",
  "flammable-gas": "flammable gas",
  "sensor-lost": "sensor lost",
  "coverage-lost": "monitoring incomplete",
  "agent-degraded": "agent impaired",
  "clock-unsure": "clock unsure",
  "store-backlog": "data not stored yet",
  "mains-lost": "mains lost",
} as const satisfies Record<AlarmName, string>;

export const stateWords = {
  normal: "over",
  unack: "not acknowledged",
  ack: "acknowledged",
  "rtn-unack": "passed, not acknowledged",
  "latched-unack": "passed, held, not acknowledged",
  "latched-ack": "passed, held until reset",
  shelved: "shelved",
  suppressed: "suppressed",
  "out-of-service": "out of service",
} as const satisfies Record<AlarmState, string>;

/** States in which nobody has said yet that they have seen it. */
export const unseen: readonly AlarmState[] = ["unack", "rtn-unack", "latched-unack"];

export interface Shown {
  readonly name: string;
  readonly unit: string;
  readonly digits: number;
  /** A change slower than this, per minute, is drawn as steady: about what sensors of the quantity drift and flicker by. */
  readonly steady: number;
}

export const quantityWords = {
  temperature: { name: "Temperature", unit: "°C", digits: 1, steady: 0.5 },
  pressure: { name: "Pressure", unit: "kPa", digits: 1, steady: 0.5 },
  co2: { name: "CO₂", unit: "ppm", digits: 0, steady: 50 },
  co2_apparent: { name: "Apparent CO₂", unit: "ppm", digits: 0, steady: 500 },
  h2: { name: "H₂", unit: "ppm", digits: 0, steady: 20 },
  hf: { name: "HF", unit: "ppm", digits: 1, steady: 0.5 },
  co: { name: "CO", unit: "ppm", digits: 0, steady: 10 },
  voc: { name: "VOC", unit: "ppm", digits: 0, steady: 20 },
  voc_signal: { name: "VOC signal", unit: "ticks", digits: 0, steady: 100 },
  o2: { name: "O₂", unit: "%", digits: 1, steady: 0.2 },
  humidity: { name: "Humidity", unit: "%", digits: 0, steady: 2 },
  flow: { name: "Flow", unit: "L/min", digits: 2, steady: 0.05 },
  voltage: { name: "Voltage", unit: "V", digits: 3, steady: 0.01 },
  current: { name: "Current", unit: "A", digits: 2, steady: 0.05 },
  power: { name: "Power", unit: "W", digits: 0, steady: 50 },
  thickness: { name: "Thickness", unit: "mm", digits: 3, steady: 0.01 },
  force: { name: "Force", unit: "N", digits: 1, steady: 2 },
  strain: { name: "Strain", unit: "µm/m", digits: 0, steady: 20 },
  contact: { name: "Contact", unit: "closed", digits: 0, steady: 0.5 },
} as const satisfies Record<QuantityName, Shown>;
