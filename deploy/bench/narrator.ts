/** The agent's log → lines for the person at the terminal: alarms as they come and go, and which outputs move. */
import { z } from "zod";

const line = z.looseObject({
  level: z.number(),
  time: z.number(),
  msg: z.string(),
  alarm: z.string().optional(),
  event: z.string().optional(),
  severity: z.string().optional(),
});

/** pino's number for a warning. */
const WARN = 40;

/** Events that a newcomer asks about; the rest is in the log. */
const told = new Set(["armed", "disarmed", "arm-refused", "output-open", "output-close", "output-fault", "command"]);

/** Takes chunks of the log as they come; `say` gets each line for people. */
export function narrator(say: (text: string) => void): (chunk: string) => void {
  let held = "";
  return (chunk) => {
    const lines = (held + chunk).split("\n");
    held = lines.pop() ?? "";
    for (const text of lines) {
      const read = line.safeParse(parsed(text));
      if (!read.success) continue;
      const { time, msg, alarm, event, severity, level } = read.data;
      if (alarm === undefined && level < WARN && (event === undefined || !told.has(event))) continue;
      const [first] = msg.split("; "); // the first reason; the page and the log have all of them
      const what = alarm === undefined ? `          ${first}` : `${severity?.padEnd(8)}  ${alarm} ${first}`;
      say(`${new Date(time).toTimeString().slice(0, 8)}  ${what}`);
    }
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
