/** Logs are for people: state changes in one line each. Numbers are samples and travel the other way. JSON lines in a pipe, text on a terminal. */
import { styleText } from "node:util";
import { type Logger, pino } from "pino";
import type { Entry } from "../core/entry.ts";
import { standardOutput } from "./standard-output.ts";

export type { Logger };

const levels: Readonly<Record<number, readonly [name: string, colour: "cyan" | "yellow" | "red"]>> = {
  30: ["info", "cyan"],
  40: ["warn", "yellow"],
  50: ["error", "red"],
  60: ["fatal", "red"],
};

export function openLog(): Logger {
  const output = standardOutput();
  return pino({ base: null }, process.stdout.isTTY ? { write: (line: string) => output.write(asText(line)) } : output);
}

function asText(line: string): string {
  const { level, time, msg, ...facts } = JSON.parse(line) as { level: number; time: number; msg: string };
  const [name, colour] = levels[level] ?? levels[30] ?? ["info", "cyan"];
  const rest = Object.entries(facts).map(([key, value]) => ` ${key}=${typeof value === "string" ? value : JSON.stringify(value)}`);
  return `${new Date(time).toTimeString().slice(0, 8)} ${styleText(colour, name.padEnd(5))} ${msg}${styleText("dim", rest.join(""))}\n`;
}

/** Alarms and events; everything else is a number or an estimate and goes to the store. */
export function logEntries(log: Logger, entries: readonly Entry[]): void {
  for (const entry of entries) {
    if (entry.type === "alarm") {
      const { id, severity, active, state, planned, why, at_s } = entry.alarm;
      const seen = state === "ack" || state === "latched-ack";
      const level = !active || planned || seen ? "info" : severity === "advisory" || severity === "warning" ? "warn" : "error";
      log[level](
        { alarm: id, severity, state, planned, at_s: Math.round(at_s * 1000) / 1000 },
        `${seen ? (active ? "acknowledged" : "acknowledged, returned") : active ? "raised" : "returned"}: ${why.join("; ")}`,
      );
    } else if (entry.type === "event") {
      const { event, text } = entry.event;
      log[event.endsWith("fault") || event === "bus-restart" ? "warn" : "info"]({ event }, text);
    }
  }
}
