/** The other side of the door: one command, one reply. */
import { connect, type Socket } from "node:net";
import { ulid } from "ulid";
import { type Command, type Reply, replySchema, type Verb } from "../contracts/command.ts";
import { type Clock, systemClock } from "../core/clock.ts";
import { Fault, isFault } from "../core/faults.ts";
import { lines } from "./lines.ts";
import { fitting } from "./socket-path.ts";

/** A command that the agent could not carry out by then is dropped by it, not done late. */
const LIFE_s = 30;
/** The agent answers an expired command too; this is for one that hangs. */
const GRACE_s = 2;
const RETRY_s = 0.05;
const LONGEST_REPLY_Bytes = 1024 * 1024;

export interface Sender {
  readonly actor: string;
  readonly role: Command["role"];
}

/**
 * Sends `verb` to the agent behind `socketPath` and returns its reply, which may be a refusal (`ok: false`).
 * Faults: `agent/not-running` when nobody answers, `command/refused` when the socket may not be used.
 */
export async function sendCommand(socketPath: string, verb: Verb, args: Command["args"], sender: Sender, clock: Clock = systemClock): Promise<Reply> {
  const limit = new AbortController();
  let socket: Socket | undefined;
  clock.sleep(LIFE_s + GRACE_s, limit.signal).then(
    () => socket?.destroy(new Fault("agent/not-running", `the agent took the command and has not answered for ${LIFE_s + GRACE_s} s: it hangs; restart it`)),
    () => {},
  );
  try {
    socket = await connected(fitting(socketPath), clock);
    return await asked(socket, envelope(verb, args, sender, clock));
  } catch (error) {
    throw isFault(error) ? error : explained(error, socketPath);
  } finally {
    limit.abort();
    socket?.destroy();
  }
}

function envelope(verb: Verb, args: Command["args"], sender: Sender, clock: Clock): object {
  const now_ms = Number(clock.wall_ns() / 1_000_000n);
  const iso = (ms: number) => new Date(ms).toISOString();
  return { v: 1, id: ulid(now_ms), ...sender, issued_at: iso(now_ms), expires_at: iso(now_ms + LIFE_s * 1000), verb, args };
}

/** The door keeps a short queue; a full one is a matter of milliseconds unless the agent hangs. */
async function connected(path: string, clock: Clock): Promise<Socket> {
  for (let left_s = GRACE_s; ; left_s -= RETRY_s) {
    const socket = connect(path);
    const refused = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
      socket.once("connect", () => resolve(undefined));
      socket.once("error", resolve);
    });
    if (refused === undefined) return socket;
    if (refused.code !== "EAGAIN" || left_s <= 0) throw refused;
    await clock.sleep(RETRY_s);
  }
}

async function asked(socket: Socket, command: object): Promise<Reply> {
  socket.write(`${JSON.stringify(command)}\n`);
  for await (const line of lines(socket, LONGEST_REPLY_Bytes)) {
    const reply = replySchema.safeParse(JSON.parse(line));
    if (!reply.success) throw new Fault("agent/not-running", "what answers on the socket is no agent of this version");
    return reply.data;
  }
  throw new Fault("agent/not-running", "the agent ended before it answered; nothing is known of the command: look with `offgas status`");
}

function explained(error: unknown, path: string): Fault {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ENOENT" || code === "ECONNREFUSED")
    return new Fault(
      "agent/not-running",
      `no agent answers on ${path}; start it with \`offgas run --config …\`, or name the station file it was started with`,
      { cause: error },
    );
  if (code === "EACCES" || code === "EPERM")
    return new Fault("command/refused", `this user may not use ${path}; run the command as the agent's user, for example with sudo -u offgas`, {
      cause: error,
    });
  if (code === "EAGAIN") return new Fault("agent/not-running", `the agent on ${path} takes no more clients just now; try again`, { cause: error });
  return new Fault("agent/not-running", `the agent on ${path} broke off (${message}); look with \`offgas status\``, { cause: error });
}
