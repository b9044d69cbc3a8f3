/**
 * The one door for commands on this machine: a Unix socket, one JSON command per line, one reply per command, in order; what is no good
 * command is answered and ends the connection. The file's owner and mode say who may; nothing that a client sends, or leaves unsent, delays a decision: lines, clients, waits and work per turn are bounded.
 */
import type { Server, Socket } from "node:net";
import type { Reply } from "../contracts/command.ts";
import { isFault } from "../core/faults.ts";
import { Admission, refusalText } from "./admission.ts";
import { Answering, type AnsweringOptions } from "./answering.ts";
import { lines } from "./lines.ts";
import { listenAt } from "./listen.ts";
import { Patience } from "./patience.ts";

export interface DoorOptions extends AnsweringOptions {
  readonly path: string;
}

/** A command is some 250 Bytes. Reading the worst JSON of this size costs about one millisecond. */
const LONGEST_LINE_Bytes = 16 * 1024;
const MOST_CLIENTS = 16;
/** How long a client may take for one whole line, and for taking a reply. */
const PATIENCE_s = 10;

/** Opens the socket. Faults: `config/invalid` (path too long), `spool/in-use`, `spool/unavailable`. */
export async function openDoor(options: DoorOptions): Promise<Door> {
  const door = new Door(options);
  await door.listen();
  return door;
}

export class Door {
  /** For commands that come another way: they take turns with these and end with these. */
  readonly answering: Answering;
  readonly #path: string;
  readonly #admission: Admission;
  readonly #patience: Patience;
  readonly #clients = new Set<Socket>();
  #server: Server | undefined;

  constructor(options: DoorOptions) {
    this.answering = new Answering(options);
    this.#path = options.path;
    this.#admission = new Admission(options.clock);
    this.#patience = new Patience(options.clock);
  }

  async listen(): Promise<void> {
    this.#server = await listenAt(this.#path, (socket) => this.#enter(socket));
  }

  /** Ends at once: clients are cut off whatever they wait for, and what waits for its journal entry is not carried out. */
  async close(): Promise<void> {
    for (const client of this.#clients) client.destroy();
    this.#patience.end();
    this.answering.end();
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
      await this.answering.turn();
      const admitted = this.#admission.admit(line.value);
      if ("refused" in admitted) return this.#send(socket, admitted.refused);
      await this.#send(socket, await this.answering.answer(admitted.command, admitted.expires_s));
    }
  }

  async #send(socket: Socket, reply: Reply): Promise<void> {
    const sent = new Promise<void>((resolve, reject) => socket.write(wire(reply), (error) => (error ? reject(error) : resolve())));
    if ((await this.#patiently(sent)) === "late") socket.destroy();
  }

  #patiently<T>(work: Promise<T>): Promise<T | "late"> {
    return this.#patience.within(PATIENCE_s, work, "late");
  }
}

const wire = (reply: Reply): string => `${JSON.stringify(reply)}\n`;
const refused = (why: string): Reply => ({ v: 1, id: "", ok: false, text: refusalText(why) });
