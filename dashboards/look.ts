/** How the words of the tables look: a colour and a text for each code, a Grafana unit for each unit. A new word without one does not compile. */
import { MappingType, type ValueMap } from "@grafana/grafana-foundation-sdk/dashboard";
import * as grafana from "@grafana/grafana-foundation-sdk/units";
import { type AlarmState, alarmStateCode, alarmStates, type Severity, severities, severityCode } from "../edge-agent/core/alarms.ts";
import type { QuantityName, quantities } from "../edge-agent/core/quantities.ts";
import { reasonCode, reasonNames } from "../edge-agent/core/reasons.ts";
import { type Quality, qualities, qualityCode } from "../edge-agent/core/sample.ts";
import { type Stage, stageCode, stages } from "../edge-agent/core/stages.ts";

export const severityColour: Readonly<Record<Severity, string>> = { advisory: "blue", warning: "yellow", alarm: "orange", trip: "red" };

const stageColour: Readonly<Record<Stage, string>> = {
  normal: "green",
  gassing: "yellow",
  swelling: "light-orange",
  vented: "orange",
  "self-heating": "red",
  runaway: "dark-red",
};
const qualityColour: Readonly<Record<Quality, string>> = { good: "green", uncertain: "yellow", bad: "red" };
/** What a person still has to look at stands out. */
const stateColour: Readonly<Record<AlarmState, string>> = {
  normal: "green",
  unack: "red",
  ack: "orange",
  "rtn-unack": "yellow",
  "latched-unack": "red",
  "latched-ack": "orange",
  shelved: "blue",
  suppressed: "blue",
  "out-of-service": "purple",
};

function texts<Word extends string>(words: readonly Word[], codeOf: (word: Word) => number, colour?: Readonly<Record<Word, string>>): ValueMap[] {
  const options = words.map((text, index) => [codeOf(text), { text, index, ...(colour && { color: colour[text] }) }] as const);
  return [{ type: MappingType.ValueToText, options: Object.fromEntries(options) }];
}

export const stageTexts = texts(stages, stageCode, stageColour);
export const severityTexts = texts(severities, severityCode, severityColour);
export const stateTexts = texts(alarmStates, alarmStateCode, stateColour);
export const qualityTexts = texts(qualities, (quality) => qualityCode[quality], qualityColour);
export const reasonTexts = texts(reasonNames, reasonCode);
export const yesNo = texts(["no", "yes"], (word) => (word === "yes" ? 1 : 0));

type Unit = (typeof quantities)[QuantityName]["unit"];
export const unitOf: Readonly<Record<Unit, string>> = {
  degC: grafana.Celsius,
  kPa: grafana.Kilopascals,
  ppm: grafana.PartsPerMillion,
  pct: grafana.Percent,
  "L/min": grafana.LitrePerMinute,
  V: grafana.Volt,
  A: grafana.Ampere,
  W: grafana.Watt,
  mm: grafana.Millimeter,
  N: grafana.Newtons,
  "um/m": "suffix:µm/m",
  closed: "none",
  ticks: "suffix:ticks",
};
