/** What the verbs of the command door do. */
import { decodeTime } from "ulid";
import { type Door, openDoor } from "../commands/door.ts";
import { RemoteDoor } from "../commands/remote-door.ts";
import { doorPath } from "../commands/socket-path.ts";
import type { Command, Reply, StandingAlarm } from "../contracts/command.ts";
import type { Station } from "../contracts/station.ts";
import type { Clock } from "../core/clock.ts";
import { Fault } from "../core/faults.ts";
import type { Alarm, Event } from "../core/judgement.ts";
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

/** On this machine and, where a sink names who may, over MQTT. Faults: those of `openDoor`. */
export async function openCommands(parts: CommandParts): Promise<Door> {
  const { agent, store, clock, spoolDirectory } = parts;
  const door = await openDoor({
    path: doorPath(spoolDirectory),
    clock,
    pin: (command) => pinned(agent, command),
    journal: (event) => store.journal(agent.entriesOf([{ ...event, at_s: agent.now_s }])),
    carryOut: (command, expires_s) => carryOut(parts, command, expires_s),
  });
  const remote = new RemoteDoor(door.answering, clock);
  store.answerCommands((command) => remote.answer(command));
  return door;
}

/** A person who arms right after the start waits for the first readings, and no longer than this. */
const FIRST_READINGS_s = 10;

/**
 * An acknowledgement is of the raise and the severity that stand when it comes in: nobody has seen what comes while its record is written.
 * Fault `command/refused`: there is nothing to acknowledge, and nothing to record.
 */
function pinned(agent: Agent, command: Command): Command {
  if (command.verb !== "ack") return command;
  const { alarm, ...seen } = command.args;
  const { occurrence, severity } = agent.sought(alarm, seen);
  return { ...command, args: { alarm, occurrence, severity } };
}

async function carryOut(parts: CommandParts, command: Command, expires_s: number): Promise<Reply> {
  switch (command.verb) {
    case "arm":
      await firstReadings(parts, expires_s);
      return arm(parts, command, expires_s);
    case "disarm":
      return disarm(parts, command);
    case "ack":
      return acknowledge(parts, command);
    case "trip-test":
      return tripTest(parts, command);
    case "status":
      return status(parts, command);
    case "recent":
      return recent(parts, command);
    case "calibration":
      return { v: 1, id: command.id, ok: true, text: `the calibration of ${command.args.channel} is in the journal` };
  }
}

const byPerson = ({ agent }: CommandParts, { id, actor }: Command) => ({ at_s: agent.now_s, actor, because: id, standing: agent.standing() });

function arm(parts: CommandParts, command: Command, expires_s: number): Reply {
  const { agent, outputs, clock } = parts;
  const by = byPerson(parts, command);
  const refusal = clock.monotonic_s() < expires_s ? blindness(agent) : new Fault("command/refused", "not armed: the command expired; send it again");
  const { events, refused } = refusal === undefined ? outputs.arm(by) : { events: [arming(refusal, by)], refused: refusal };
  agent.happened(events);
  if (refused === undefined) agent.reset();
  return { v: 1, id: command.id, ok: refused === undefined, text: refused?.toString() ?? last(events), result: outputs.status() };
}

function disarm(parts: CommandParts, command: Command): Reply {
  const { agent, outputs } = parts;
  const events = outputs.disarm(byPerson(parts, command));
  agent.happened(events);
  const stuck = events.find(({ event }) => event === "output-fault");
  return { v: 1, id: command.id, ok: stuck === undefined, text: stuck?.text ?? last(events), result: outputs.status() };
}

/** The permits stay open, whatever the result: a person who has looked arms again. */
function tripTest(parts: CommandParts, command: Extract<Command, { verb: "trip-test" }>): Reply {
  const { agent, outputs, clock } = parts;
  const { tested, events } = outputs.tripTest(byPerson(parts, command), command.args.output, () => clock.monotonic_s());
  agent.happened(events);
  return { v: 1, id: command.id, ok: tested.every(({ opened }) => opened), text: last(events), result: { tested, ...outputs.status() } };
}

function acknowledge({ agent }: CommandParts, { id, actor, args: { alarm, ...seen } }: Extract<Command, { verb: "ack" }>): Reply {
  const changed = agent.acknowledge(alarm, seen);
  return { v: 1, id, ok: true, text: changed ? `${alarm} acknowledged by ${actor}` : `${alarm} was acknowledged before` };
}

function status({ station, agent, outputs, store }: CommandParts, { id }: Command): Reply {
  const alarms = agent.standing().map(listed);
  const { armed, outputs: lines } = outputs.status();
  const stand =
    alarms.length === 0
      ? "no alarm stands"
      : `${alarms.length === 1 ? "1 alarm stands" : `${alarms.length} alarms stand`}: ${alarms.map((alarm) => alarm.id).join(", ")}`;
  const text = `${station.site}/${station.station}: ${armed ? "armed" : "not armed"}, ${stand}`;
  return { v: 1, id, ok: true, text, result: { at_s: agent.now_s, armed, outputs: lines, alarms, store: store.status(), buses: agent.counters() } };
}

function recent({ agent }: CommandParts, { id, args: { channel, seconds } }: Extract<Command, { verb: "recent" }>): Reply {
  const result = agent.recent(channel, seconds);
  if (result === undefined) return { v: 1, id, ok: false, text: `command/refused: no channel "${channel}" in the station that runs` };
  return { v: 1, id, ok: true, text: `${channel}: ${result.n} readings in the last ${Number(result.covers_s.toPrecision(3))} s`, result };
}

/** The occurrence was made at the raise and holds its wall time. */
const listed = ({ id, occurrence, severity, state, active, planned, why }: Alarm): StandingAlarm => ({
  id,
  occurrence,
  severity,
  state,
  active,
  since: new Date(decodeTime(occurrence)).toISOString(),
  planned,
  why: [...why],
});

const last = (events: readonly Event[]): string => events.at(-1)?.text ?? "nothing changed";

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
