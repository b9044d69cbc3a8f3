/**
 * The door for commands that a broker brought. Who sent them is proven already; what the key allows, and what may be asked from afar at all,
 * is judged here, beside everything that the socket asks for too.
 */
import type { Command, ProvenCommand, Reply, Verb } from "../contracts/command.ts";
import type { Clock } from "../core/clock.ts";
import { Admission } from "./admission.ts";
import type { Answering } from "./answering.ts";

/** What energises, and what lets a test go on or ends it, needs a person at the chamber. A phone may look and acknowledge. */
const fromAfar: readonly Verb[] = ["ack", "status"];

export class RemoteDoor {
  readonly #answering: Answering;
  /** Its own: what comes from afar uses up no ids of those who stand at the machine. */
  readonly #admission: Admission;

  constructor(answering: Answering, clock: Clock) {
    this.#answering = answering;
    this.#admission = new Admission(clock);
  }

  /** One per turn of the event loop. Never rejects. */
  async answer(proven: ProvenCommand): Promise<Reply> {
    await this.#answering.turn();
    const admitted = this.#admission.admit(proven.text, (command) => objection(command, proven));
    if ("refused" in admitted) return admitted.refused;
    return this.#answering.answer(admitted.command, admitted.expires_s, " over MQTT");
  }
}

function objection(command: Command, proven: ProvenCommand): string | undefined {
  const { verb, role } = command;
  if (!fromAfar.includes(verb)) return `${verb} needs presence at the chamber: use the command line there; over MQTT one may ${fromAfar.join(" and ")}`;
  if (verb !== proven.verb) return `the topic says ${proven.verb} and the command ${verb}; send it to command/${verb}`;
  if (role !== proven.role) return `the key of ${proven.actor} is for the role ${proven.role}, not ${role}`;
  // a broker may hold a command back: without it, a raise that nobody has seen would be acknowledged
  if (command.verb === "ack" && command.args.occurrence === undefined) return "over MQTT an ack names the occurrence that was seen; add it to args";
  return undefined;
}
