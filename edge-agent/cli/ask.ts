/** Commands of a person at this machine to the agent that runs here: what all of them share. */
import { userInfo } from "node:os";
import { sendCommand } from "../commands/client.ts";
import { doorPath } from "../commands/socket-path.ts";
import { loadStation } from "../config/load.ts";
import type { Command, Reply, Verb } from "../contracts/command.ts";
import type { Station } from "../contracts/station.ts";
import { exitCode, Fault } from "../core/faults.ts";

export const options = `  --config FILE   the station file that the agent was started with: its spool folder holds the agent's socket
  --json          the agent's reply as one JSON object
`;
export const exits = `
exit codes: 0 done, 1 refused or no agent answers, 2 wrong usage, 78 invalid configuration
`;

/** Faults: those of `loadStation` and `sendCommand`. */
export async function ask(config: string, verb: Verb, args: Command["args"] = {}, actor = user()): Promise<Reply> {
  return askAt(doorOf(config, loadStation(config)), verb, args, actor);
}

/** For those who ask again and again. */
export const askAt = (socket: string, verb: Verb, args: Command["args"], actor = user()): Promise<Reply> =>
  sendCommand(socket, verb, args, { actor, role: "operator" });

export function doorOf(config: string, { spool }: Station): string {
  if (spool === undefined) {
    throw new Fault("config/invalid", `${config} has no spool, and its folder is where the agent's socket lies; add "spool: { directory: /var/lib/offgas }"`);
  }
  return doorPath(spool.directory);
}

/** A refusal goes to stderr, unless a machine reads it; returns the exit code. */
export function tell(reply: Reply, text: string, json: boolean): number {
  (reply.ok || json ? process.stdout : process.stderr).write(`${text}\n`);
  return reply.ok ? exitCode.fine : exitCode.fault;
}

/** A user without an entry in the password file still has a number. */
export function user(): string {
  try {
    return userInfo().username.slice(0, 64);
  } catch {
    return `uid ${process.getuid?.() ?? "unknown"}`;
  }
}
