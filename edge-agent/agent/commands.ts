/** What the verbs of the command door do. */
import { openDoor } from "../commands/door.ts";
import { doorPath } from "../commands/socket-path.ts";
import type { Command, Reply } from "../contracts/command.ts";
import type { Station } from "../contracts/station.ts";
import type { Clock } from "../core/clock.ts";
import { Fault } from "../core/faults.ts";
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
    carryOut: (command, expires_s) => carryOut(parts, command, expires_s),
  });
}

/** A person who arms right after the start waits for the first readings, and no longer than this. */
const FIRST_READINGS_s = 10;

async function carryOut(parts: CommandParts, { id, actor, verb }: Command, expires_s: number): Promise<Reply> {
  const { station, agent, outputs, store, clock } = parts;
  const reply = (ok: boolean, text: string, result?: unknown): Reply => ({ v: 1, id, ok, text, ...(result !== undefined && { result }) });
  const last = (events: readonly Event[]) => events.at(-1)?.text ?? "nothing changed";
  if (verb === "arm") await firstReadings(parts, expires_s);
  const by = { at_s: agent.now_s, actor, because: id, standing: agent.standing() };
  if (verb === "arm") {
    const refusal = clock.monotonic_s() < expires_s ? blindness(agent) : new Fault("command/refused", "not armed: the command expired; send it again");
    const { events, refused } = refusal === undefined ? outputs.arm(by) : { events: [arming(refusal, by)], refused: refusal };
    agent.happened(events);
    if (refused === undefined) agent.reset();
    return reply(refused === undefined, refused?.toString() ?? last(events), outputs.status());
  }
  if (verb === "disarm") {
    const events = outputs.disarm(by);
    agent.happened(events);
    const stuck = events.find(({ event }) => event === "output-fault");
    return reply(stuck === undefined, stuck?.text ?? last(events), outputs.status());
  }
  const alarms = by.standing.map(({ id, severity, state, active, planned, why }) => ({ id, severity, state, active, planned, why }));
  const { armed, outputs: lines } = outputs.status();
  const stand =
    alarms.length === 0
      ? "no alarm stands"
      : `${alarms.length === 1 ? "1 alarm stands" : `${alarms.length} alarms stand`}: ${alarms.map((alarm) => alarm.id).join(", ")}`;
  const text = `${station.site}/${station.station}: ${armed ? "armed" : "not armed"}, ${stand}`;
  return reply(true, text, { at_s: by.at_s, armed, outputs: lines, alarms, store: store.status(), buses: agent.counters() });
}

async function firstReadings({ agent, clock }: CommandParts, expires_s: number): Promise<void> {
  const limit_s = Math.min(expires_s, clock.monotonic_s() + FIRST_READINGS_s);
  while (agent.blind().unseen.length > 0 && clock.monotonic_s() < limit_s) await clock.sleep(0.05);
}

/** A station whose essential channels are dark must not be energised: nothing would open it again. */
function blindness(agent: Agent): Fault | undefined {
  const { lost, unseen } = agent.blind();
  if (lost.length > 0) return new Fault("command/refused", `not armed: essential channels are lost: ${lost.join(", ")}; mend them first`);
  if (unseen.length > 0) return new Fault("command/refused", `not armed: no usable reading yet from ${unseen.join(", ")}; try again`);
  return undefined;
}

const arming = (refused: Fault, { at_s, because }: { at_s: number; because: string }): Event => ({
  at_s,
  event: "arm-refused",
  because,
  text: refused.message,
});
