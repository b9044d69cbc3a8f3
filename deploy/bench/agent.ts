/** The agent of the bench: plays a scene round after round, each armed as a person would, or watches a station. */
import { join } from "node:path";
import { sendCommand } from "../../edge-agent/commands/client.ts";
import { doorPath } from "../../edge-agent/commands/socket-path.ts";
import { exitCode } from "../../edge-agent/core/faults.ts";
import { narrator } from "./narrator.ts";
import { type Order, root } from "./order.ts";
import { Part } from "./part.ts";
import type { Bench } from "./servers.ts";

const AGAIN_s = { nextRound: 1, afterTrouble: 5 };

export function agentOf(bench: Bench, { plays }: Order): Part {
  const { data, lock, station, say } = bench;
  const door = doorPath(join(data, "spool"));
  const recorded = "recording" in plays;
  let round = 1;
  // outputs of a recording are simulated; those of a real station are armed by a person at the chamber
  let arm = recorded;
  const part: Part = new Part({
    name: "agent",
    command: process.execPath,
    args: [join(root, "edge-agent/bin/offgas.mjs"), "run", "--config", station.path, ...wordsOf(plays)],
    data,
    lock,
    heard: narrator(say),
    ready: () => answered(door, arm ? "arm" : "status"),
    refusal: (code) => (code === exitCode.config ? `the agent refuses the station file: npx offgas check ${plays.station} says why` : undefined),
    ended(code) {
      // a round that ended is armed again, as the one before was; after anything else a person has to look first
      arm = recorded && code === 0;
      if (arm) say(`round ${++round}: the recording begins again`);
      else
        say(
          `agent ended (${code === null ? "killed" : `exit code ${code}`}) and is started again; outputs stay open until somebody arms: ${part.log} may say why`,
        );
      return arm ? AGAIN_s.nextRound : AGAIN_s.afterTrouble;
    },
  });
  return part;
}

function wordsOf(plays: Order["plays"]): string[] {
  if (!("recording" in plays)) return plays.simulated ? ["--simulated"] : [];
  const { recording, speed, from_s, until_s } = plays;
  const bounds = Object.entries({ "--from": from_s, "--until": until_s }).filter(([, at_s]) => Number.isFinite(at_s));
  return ["--input", recording, "--speed", String(speed), ...bounds.flat().map(String)];
}

/** False while nobody answers, or the first readings are still missing. */
async function answered(door: string, verb: "arm" | "status"): Promise<boolean> {
  try {
    return (await sendCommand(door, verb, {}, { actor: "bench", role: "operator" })).ok;
  } catch {
    return false;
  }
}
