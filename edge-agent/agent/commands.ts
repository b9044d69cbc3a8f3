/** What the verbs of the command door do. */
import { openDoor } from "../commands/door.ts";
import { doorPath } from "../commands/socket-path.ts";
import type { Command, Reply } from "../contracts/command.ts";
import type { Station } from "../contracts/station.ts";
import type { Clock } from "../core/clock.ts";
import type { Event } from "../core/judgement.ts";
import type { Outputs } from "../outputs/outputs.ts";
import type { Store } from "../spool/store.ts";
import type { Agent } from "./agent.ts";

export interface CommandParts {
  readonly station: Station;
  readonly agent: Agent;
  readonly outputs: Outputs;
  readonly store: Store;
  readonly spoolDirectory: string;
  readonly clock: Clock;
}

/** Faults: those of `openDoor`. */
export function openCommands(parts: CommandParts) {
  const { agent, store, clock, spoolDirectory } = parts;
  return openDoor({
    path: doorPath(spoolDirectory),
    clock,
    journal: (event) => store.journal(agent.entriesOf([{ ...event, at_s: agent.now_s }])),
    carryOut: async (command) => carryOut(parts, command),
  });
}

function carryOut({ station, agent, outputs, store }: CommandParts, { id, actor, verb }: Command): Reply {
  const by = { at_s: agent.now_s, actor, because: id, standing: agent.standing() };
  const reply = (ok: boolean, text: string, result?: unknown): Reply => ({ v: 1, id, ok, text, ...(result !== undefined && { result }) });
  const last = (events: readonly Event[]) => events.at(-1)?.text ?? "nothing changed";
  if (verb === "arm") {
    const { events, refused } = outputs.arm(by);
    agent.happened(events);
    return reply(refused === undefined, refused?.toString() ?? last(events), outputs.status());
  }
  if (verb === "disarm") {
    const events = outputs.disarm(by);
    agent.happened(events);
    return reply(true, last(events), outputs.status());
  }
  const alarms = by.standing.map(({ id, severity, state, active, planned, why }) => ({ id, severity, state, active, planned, why }));
  const { armed, outputs: lines } = outputs.status();
  const text = `${station.site}/${station.station}: ${armed ? "armed" : "not armed"}, ${alarms.length === 0 ? "no alarm stands" : `${alarms.length === 1 ? "1 alarm stands" : `${alarms.length} alarms stand`}: ${alarms.map((alarm) => alarm.id).join(", ")}`}`;
  return reply(true, text, { at_s: by.at_s, armed, outputs: lines, alarms, store: store.status(), buses: agent.counters() });
}
