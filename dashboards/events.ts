/** Events as marks on every curve, in three layers that can be switched off. */
import { AnnotationQueryBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import type { EventKind } from "../edge-agent/core/judgement.ts";
import { here, moments } from "./influxql.ts";

const layers = { outputs: "red", people: "blue", agent: "purple" } as const;
type Layer = keyof typeof layers;

const layerOf: Readonly<Record<EventKind, Layer>> = {
  "output-open": "outputs",
  "output-close": "outputs",
  "output-fault": "outputs",
  armed: "people",
  disarmed: "people",
  "arm-refused": "people",
  "trip-test": "people",
  command: "people",
  "agent-start": "agent",
  "agent-stop": "agent",
  "bus-restart": "agent",
  "clock-step": "agent",
  "spool-evicted": "agent",
  "spool-set-aside": "agent",
  "sink-refused": "agent",
  "recording-end": "agent",
};

export const annotations = () =>
  (Object.keys(layers) as Layer[]).map((layer) => {
    const kinds = Object.entries(layerOf).flatMap(([kind, its]) => (its === layer ? [kind] : []));
    const query = `SELECT "text", "tags", "end_ms" FROM "event" WHERE ${here} AND "kind" =~ /^(${kinds.join("|")})$/ ORDER BY time ASC`;
    return new AnnotationQueryBuilder()
      .name(layer)
      .enable(true)
      .iconColor(layers[layer])
      .target(moments(query, { textColumn: "text", tagsColumn: "tags", timeEndColumn: "end_ms", titleColumn: "" }));
  });
