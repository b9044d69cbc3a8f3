/** Writes `flows.json` and `flows_cred.json` from the files beside it. The committed ones are what this writes: a test says so. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type FlowNode, variable } from "./wiring/node.ts";
import { notifyTab } from "./wiring/notify.ts";
import { pageNodes } from "./wiring/page.ts";
import { stationTab } from "./wiring/station.ts";

const read = (name: string): string => readFileSync(join(import.meta.dirname, "templates", name), "utf8");

export function flows(): FlowNode[] {
  const template = `${read("station.vue")}\n<style>\n${read("station.css")}</style>\n`;
  return [...stationTab(), ...notifyTab(), ...pageNodes(template)];
}

/** Names of variables of the environment alone: Node-RED puts their values in. */
export const credentials = {
  "broker-config": { user: variable("OFFGAS_MQTT_USER"), password: variable("OFFGAS_MQTT_PASSWORD") },
  mail: { userid: variable("OFFGAS_MAIL_USER"), password: variable("OFFGAS_MAIL_PASSWORD") },
};

export const asFile = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

if (import.meta.main) {
  writeFileSync(join(import.meta.dirname, "flows.json"), asFile(flows()));
  writeFileSync(join(import.meta.dirname, "flows_cred.json"), asFile(credentials));
}
