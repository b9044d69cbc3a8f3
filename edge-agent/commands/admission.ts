/** Which commands come in: well-formed, in time, not seen before, by a role that may. What is refused says why and what to do. */
import { type Command, commandSchema, type Reply, type Verb } from "../contracts/command.ts";
import { explain } from "../contracts/explain.ts";
import type { Clock } from "../core/clock.ts";

export type Admitted = { readonly command: Command; readonly expires_s: number } | { readonly refused: Reply };

/** No command lives longer, so that seen ids can be forgotten. */
const LONGEST_LIFE_s = 300;
/** How far the sender's clock may be ahead of ours. */
const AHEAD_s = 30;
/** Clocks are read in milliseconds. */
const GRAIN_s = 0.01;
const REMEMBERED = 1024;
/** No command needs more keys; explaining thousands of wrong ones would cost the event loop 0.1 s. */
const MOST_KEYS = 32;
const LONGEST_WHY_chars = 300;

const roles: Readonly<Record<Verb, readonly Command["role"][]>> = {
  status: ["viewer", "operator", "engineer"],
  arm: ["operator", "engineer"],
  disarm: ["operator", "engineer"],
  ack: ["operator", "engineer"],
  "trip-test": ["operator", "engineer"],
  recent: ["viewer", "operator", "engineer"],
  calibration: ["operator", "engineer"],
};

/** To look twice or to make safe twice does no harm, and neither may ever be refused because others have asked much. */
const onceOnly: Readonly<Record<Verb, boolean>> = { arm: true, disarm: false, status: false, ack: true, "trip-test": true, recent: false, calibration: true };

export class Admission {
  readonly #clock: Clock;
  readonly #opened_s: number;
  /** Ids with the monotonic second until which they could still be in time, oldest first. */
  readonly #seen = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#opened_s = clock.monotonic_s();
  }

  /** `expires_s` is the command's end on the monotonic clock. What `further` objects to uses up no id. Never throws. */
  admit(line: string, further: (command: Command) => string | undefined = () => undefined): Admitted {
    const { input, why: malformed } = parsed(line);
    if (malformed !== undefined) return refusal("", malformed);
    if (keyCount(input) > MOST_KEYS || keyCount(propertyOf(input, "args")) > MOST_KEYS) return refusal(idOf(input), `more than ${MOST_KEYS} keys`);
    const read = commandSchema.safeParse(input, { error: explain });
    if (!read.success) {
      const [issue] = read.error.issues;
      const why = `${issue?.path.join(".") || "command"}: ${(issue?.message ?? "malformed").replaceAll("\n", "; ")}`;
      return refusal(idOf(input), why.slice(0, LONGEST_WHY_chars));
    }
    const command = read.data;
    const now_s = this.#clock.monotonic_s();
    const why = this.#objection(command, now_s) ?? further(command);
    if (why !== undefined) return refusal(command.id, why);
    const left_s = seconds(command.expires_at) - this.#wall_s();
    if (onceOnly[command.verb]) this.#seen.set(command.id, now_s + LONGEST_LIFE_s + AHEAD_s);
    return { command, expires_s: now_s + left_s };
  }

  #objection({ id, role, verb, issued_at, expires_at }: Command, now_s: number): string | undefined {
    const wall_s = this.#wall_s();
    const issued_s = seconds(issued_at);
    const expired_s = seconds(expires_at);
    if (!roles[verb].includes(role)) return `a ${role} may not ${verb}; that takes one of ${roles[verb].join(", ")}`;
    if (!(expired_s > issued_s && expired_s - issued_s <= LONGEST_LIFE_s)) return `expires_at must follow issued_at by at most ${LONGEST_LIFE_s} s`;
    if (expired_s <= wall_s) return `expired ${(wall_s - expired_s).toFixed(1)} s ago; send it again, and compare the clocks if it was fresh`;
    if (issued_s > wall_s + AHEAD_s) return `issued ${(issued_s - wall_s).toFixed(1)} s in the future; set the sender's clock`;
    // what was sent before this agent began may have been carried out by the one before it
    if (issued_s < wall_s - (now_s - this.#opened_s) - GRAIN_s) return "issued before this agent started; send it again";
    if (!onceOnly[verb]) return undefined;
    if (this.#seen.has(id)) return `a command with the id ${id} came before; give each command its own id`;
    return this.#forget(now_s) ? undefined : `more than ${REMEMBERED} commands to ${verb} within ${LONGEST_LIFE_s} s; wait`;
  }

  /** Makes room for one id. False when all that are remembered could still be replayed. */
  #forget(now_s: number): boolean {
    if (this.#seen.size < REMEMBERED) return true;
    const [oldest] = this.#seen;
    if (oldest === undefined || oldest[1] > now_s) return false;
    return this.#seen.delete(oldest[0]);
  }

  #wall_s(): number {
    return Number(this.#clock.wall_ns() / 1_000_000n) / 1000;
  }
}

export const refusalText = (why: string): string => `command/refused: ${why}`;
const refusal = (id: string, why: string): Admitted => ({ refused: { v: 1, id, ok: false, text: refusalText(why) } });
const seconds = (iso: string): number => Date.parse(iso) / 1000;

function parsed(line: string): { input?: unknown; why?: string } {
  try {
    return { input: JSON.parse(line) };
  } catch {
    return { why: "not a command: send one JSON object per line" };
  }
}

const isMap = (input: unknown): input is Readonly<Record<string, unknown>> => typeof input === "object" && input !== null && !Array.isArray(input);
const keyCount = (input: unknown): number => (isMap(input) ? Object.keys(input).length : 0);
const propertyOf = (input: unknown, key: string): unknown => (isMap(input) && Object.hasOwn(input, key) ? input[key] : undefined);

/** The id of something that is no command, so that its sender can tell which was refused. */
function idOf(input: unknown): string {
  const id = propertyOf(input, "id");
  return typeof id === "string" && id.length <= 64 ? id : "";
}
