/** The agent of the bench: plays the scene, round after round, each armed as a person would. */
import { join } from "node:path";
import { sendCommand } from "../../edge-agent/commands/client.ts";
import { doorPath } from "../../edge-agent/commands/socket-path.ts";
import { narrator } from "./narrator.ts";
import { type Order, root } from "./order.ts";
import { Part } from "./part.ts";
import type { Bench } from "./servers.ts";

const AGAIN_s = { nextRound: 1, afterTrouble: 5 };

export function agentOf(bench: Bench, { scene, speed }: Order, impossible: (why: string) => void): Part {
  const { data, lock, station, say } = bench;
  const door = doorPath(join(data, "spool"));
  const args = ["run", "--config", station.path, "--input", scene.recording, "--speed", String(speed)];
  for (const [option, at_s] of [
    ["--from", scene.from_s],
    ["--until", scene.until_s],
  ] as const)
    if (Number.isFinite(at_s)) args.push(option, String(at_s));
  let round = 1;
  let arm = true;
  const part: Part = new Part({
    name: "agent",
    command: process.execPath,
    args: [join(root, "edge-agent/bin/offgas.mjs"), ...args],
    data,
    lock,
    heard: narrator(say),
    ready: () => answered(door, arm ? "arm" : "status"),
    ended(code) {
      if (code === 2 || code === 78) {
        impossible(`the agent refuses the scene: ${part.log} says why`);
        return undefined;
      }
      // a round that ended is armed again, as the one before was; after anything else a person has to look first
      arm = code === 0;
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

/** False while nobody answers, or the first readings are still missing. All outputs of a recording are simulated. */
async function answered(door: string, verb: "arm" | "status"): Promise<boolean> {
  try {
    return (await sendCommand(door, verb, {}, { actor: "bench", role: "operator" })).ok;
  } catch {
    return false;
  }
}
