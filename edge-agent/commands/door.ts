/**
 * The one door for commands on this machine: a Unix socket, one JSON command per line, one reply per command, in order; what is no good
 * command is answered and ends the connection. The file's owner and mode say who may; nothing that a client sends, or leaves unsent, delays a decision: lines, clients, waits and work per turn are bounded.
 */
import type { Server, Socket } from "node:net";
import type { Command, Reply, Verb } from "../contracts/command.ts";
import type { Clock } from "../core/clock.ts";
import { isFault } from "../core/faults.ts";
import type { Event } from "../core/judgement.ts";
import { Admission, refusalText } from "./admission.ts";
import { lines } from "./lines.ts";
import { listenAt } from "./listen.ts";
import { turnstile } from "./turns.ts";

export interface DoorOptions {
  readonly path: string;
  readonly clock: Clock;
  /** Resolves when the event is committed; rejects when it cannot be. */
  journal(event: Omit<Event, "at_s">): Promise<void>;
  /** What can be done at once is done before it returns; after `expires_s`, on the monotonic clock, nothing is begun. A Fault becomes the reply. */
  carryOut(command: Command, expires_s: number): Promise<Reply>;
}

/** A command is some 250 Bytes. Reading the worst JSON of this size costs about one millisecond. */
const LONGEST_LINE_Bytes = 16 * 1024;
const MOST_CLIENTS = 16;
/** How long a client may take for one whole line, and for taking a reply. */
const PATIENCE_s = 10;

/**
 * When a verb is journalled: energising waits for its record; making safe does not wait for a disk; looking leaves none, since alarms,
 * events and commands are never evicted from the spool and a page may ask every second.
 */
const journalled: Readonly<Record<Verb, "before" | "after" | "never">> = { arm: "before", disarm: "after", status: "never" };

/** Opens the socket. Faults: `config/invalid` (path too long), `spool/in-use`, `spool/unavailable`. */
export async function openDoor(options: DoorOptions): Promise<Door> {
  const door = new Door(options);
  await door.listen();
  return door;
}

export class Door {
  readonly #options: DoorOptions;
  readonly #admission: Admission;
  readonly #turn = turnstile();
  readonly #clients = new Set<Socket>();
  readonly #limits = new Set<AbortController>();
  #server: Server | undefined;
  #closed = false;

  constructor(options: DoorOptions) {
    this.#options = options;
    this.#admission = new Admission(options.clock);
  }

  async listen(): Promise<void> {
    this.#server = await listenAt(this.#options.path, (socket) => this.#enter(socket));
  }

  /** Ends at once: clients are cut off whatever they wait for, and what waits for its journal entry is not carried out. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const client of this.#clients) client.destroy();
    for (const limit of this.#limits) limit.abort();
    const server = this.#server;
    if (server?.listening) await new Promise((resolve) => server.close(resolve));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #enter(socket: Socket): void {
    socket.on("error", () => {}); // a client that went away; its loop ends with it
    if (this.#clients.size >= MOST_CLIENTS) {
      socket.end(wire(refused(`${MOST_CLIENTS} clients are connected already; try again`)), () => socket.destroy());
      return;
    }
    this.#clients.add(socket);
    socket.once("close", () => this.#clients.delete(socket));
    this.#serve(socket)
      .catch((error: unknown) => this.#send(socket, refused(isFault(error) ? error.message : "the connection broke")))
      .catch(() => {})
      .finally(() => socket.destroy());
  }

  async #serve(socket: Socket): Promise<void> {
    const received = lines(socket.iterator({ destroyOnReturn: false }), LONGEST_LINE_Bytes);
    for (;;) {
      const line = await this.#patiently(received.next());
      if (line === "late") return this.#send(socket, refused(`no whole line within ${PATIENCE_s} s`));
      if (line.done) return;
      await this.#turn();
      const admitted = this.#admission.admit(line.value);
      if ("refused" in admitted) return this.#send(socket, admitted.refused);
      await this.#send(socket, await this.#answer(admitted.command, admitted.expires_s));
    }
  }

  async #send(socket: Socket, reply: Reply): Promise<void> {
    const sent = new Promise<void>((resolve, reject) => socket.write(wire(reply), (error) => (error ? reject(error) : resolve())));
    if ((await this.#patiently(sent)) === "late") socket.destroy();
  }

  #patiently<T>(work: Promise<T>): Promise<T | "late"> {
    return this.#within(PATIENCE_s, work, "late");
  }

  async #answer(command: Command, expires_s: number): Promise<Reply> {
    const left_s = () => Math.max(0, expires_s - this.#options.clock.monotonic_s());
    const reply = (ok: boolean, text: string): Reply => ({ v: 1, id: command.id, ok, text });
    const order = journalled[command.verb];

    if (order === "before") {
      const trouble = await this.#within(left_s(), this.#journal(command), "the disk did not take its journal entry before it expired");
      if (trouble !== undefined) return reply(false, refusalText(`${command.verb} was not carried out: ${trouble}`));
      if (left_s() === 0) return reply(false, refusalText(`${command.verb} was not carried out: it expired while it waited for its journal entry`));
    }
    const done = this.#carryOut(command, expires_s);
    const entry = order === "after" ? this.#journal(command) : Promise.resolve(undefined);
    const late = reply(false, `${command.verb} was begun and not confirmed before it expired; the disk may be stalled: look with \`offgas status\``);
    const answer = await this.#within(left_s(), done, late);
    const trouble = await this.#within(left_s(), entry, "its journal entry is not committed yet");
    return trouble === undefined ? answer : { ...answer, text: `${answer.text} (${trouble})` };
  }

  async #carryOut(command: Command, expires_s: number): Promise<Reply> {
    try {
      return await this.#options.carryOut(command, expires_s);
    } catch (error) {
      const text = isFault(error) ? error.toString() : `${command.verb} failed inside the agent: ${error instanceof Error ? error.message : String(error)}`;
      return { v: 1, id: command.id, ok: false, text };
    }
  }

  /** Undefined when committed, otherwise why it cannot be. */
  async #journal({ id, verb, actor, role }: Command): Promise<string | undefined> {
    try {
      await this.#options.journal({ event: "command", because: id, text: `${verb} by ${actor} (${role})` });
      return undefined;
    } catch (error) {
      return `its journal entry cannot be written: ${error instanceof Error ? error.message : String(error)}`;
    }
  }

  async #within<T, L>(limit_s: number, work: Promise<T>, late: L): Promise<T | L> {
    const limit = new AbortController();
    this.#limits.add(limit);
    if (this.#closed) limit.abort();
    const due = this.#options.clock.sleep(limit_s, limit.signal).then(
      () => late,
      () => late,
    );
    try {
      return await Promise.race([work, due]);
    } finally {
      this.#limits.delete(limit);
      limit.abort();
    }
  }
}

const wire = (reply: Reply): string => `${JSON.stringify(reply)}\n`;
const refused = (why: string): Reply => ({ v: 1, id: "", ok: false, text: refusalText(why) });
