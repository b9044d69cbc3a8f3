/** The one table of InfluxDB fields and their types. A field that changed its type between two points would be refused for ever. */
import { type HealthField, healthFields } from "../core/health.ts";
import { quantities } from "../core/quantities.ts";
import { stages } from "../core/stages.ts";

export type FieldType = "float" | "integer" | "string";
type Fields = Readonly<Record<string, FieldType>>;

const floats = (names: readonly string[]): Fields => Object.fromEntries(names.map((name) => [name, "float"]));
const withUncertainty = (name: string): string[] => [name, `${name}_u`];

/** `p_self_heating` of the stage `self-heating`. */
export const probabilityField = (stage: string): string => `p_${stage.replaceAll("-", "_")}`;

export const fieldTypes = {
  sample: { ...floats(Object.values(quantities).map((quantity) => quantity.field)), raw: "float", quality: "integer", reason: "integer", bound: "integer" },
  estimate: {
    stage: "integer",
    judged: "integer",
    ...floats(stages.map(probabilityField)),
    ...floats(["self_heating_K_per_min", "gas_mmol", "swelling_pct"].flatMap(withUncertainty)),
    ...floats(["time_to_runaway_p05_s", "time_to_runaway_p50_s", "time_to_runaway_p95_s"]),
    ...floats(["time_to_swelling_limit_p05_s", "time_to_swelling_limit_p50_s", "time_to_swelling_limit_p95_s", "swelling_knee_s"]),
  },
  alarm: { severity: "integer", active: "integer", state: "integer", acknowledged: "integer" },
  event: { text: "string", tags: "string", end_ms: "integer" },
  agent: floats(Object.keys(healthFields) as HealthField[]),
} as const satisfies Record<string, Fields>;

export type Measurement = keyof typeof fieldTypes;
export const typeOf = (measurement: Measurement, field: string): FieldType | undefined => (fieldTypes[measurement] as Fields)[field];
