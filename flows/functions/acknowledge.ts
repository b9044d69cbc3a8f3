/** A person's click → the command, and what became of it. Only for an alarm that stands: the page asks for nothing else. */
import { randomUUID } from "node:crypto";
import { macOf } from "../../edge-agent/commands/mac.ts";
import type { Reply } from "../../edge-agent/contracts/command.ts";
import { rootOf, topicOf } from "../../edge-agent/contracts/topics.ts";
import type { Severity } from "../../edge-agent/core/alarms.ts";

interface Place {
  readonly site: string;
  readonly station: string;
}

export interface Asked {
  readonly state: "waiting" | "done" | "failed";
  readonly text: string;
}

const expires_ms = 30_000;
const patience_ms = 10_000;

export class Acknowledging {
  readonly #place: Place;
  readonly #key: Buffer;
  /** By occurrence. */
  readonly #asked = new Map<string, Asked & { readonly id: string; readonly at_ms: number }>();

  /** `key`: hexadecimal; without one nothing can be acknowledged from here. */
  constructor(place: Place, key: string) {
    this.#place = place;
    this.#key = Buffer.from(key, "hex");
  }

  /** The message to publish; undefined when there is nothing to send, which `of` then explains. `severity` is the one that the person was shown. */
  ask(
    alarm: { readonly id: string; readonly occurrence: string; readonly severity: Severity },
    now_ms: number,
  ): { topic: string; payload: string } | undefined {
    if (this.#asked.get(alarm.occurrence)?.state === "waiting") return undefined;
    const id = randomUUID();
    if (this.#key.length === 0) {
      this.#asked.set(alarm.occurrence, { id, at_ms: now_ms, state: "failed", text: "this page has no key to sign with: set OFFGAS_COMMAND_KEY" });
      return undefined;
    }
    this.#asked.set(alarm.occurrence, { id, at_ms: now_ms, state: "waiting", text: "waiting for the agent" });
    const command = {
      v: 1,
      id,
      actor: "page",
      role: "operator",
      issued_at: new Date(now_ms).toISOString(),
      expires_at: new Date(now_ms + expires_ms).toISOString(),
      verb: "ack",
      args: { alarm: alarm.id, occurrence: alarm.occurrence, severity: alarm.severity },
    } as const;
    const mac = macOf(this.#key, rootOf(this.#place), command);
    return { topic: topicOf("command", this.#place, "ack"), payload: JSON.stringify({ ...command, mac }) };
  }

  /** False when the reply answers nothing that was asked here. */
  hear({ id, ok, text }: Reply): boolean {
    for (const [occurrence, asked] of this.#asked) {
      if (asked.id !== id) continue;
      this.#asked.set(occurrence, { ...asked, state: ok ? "done" : "failed", text });
      return true;
    }
    return false;
  }

  /** Gives up what nobody answered, and forgets what no longer stands. */
  time(now_ms: number, standing: ReadonlySet<string>): void {
    for (const [occurrence, asked] of this.#asked) {
      if (!standing.has(occurrence)) this.#asked.delete(occurrence);
      else if (asked.state === "waiting" && now_ms - asked.at_ms >= patience_ms) {
        this.#asked.set(occurrence, { ...asked, state: "failed", text: "no answer from the agent" });
      }
    }
  }

  /** The alarm itself has news: what was said of an earlier click is over. */
  forget(occurrence: string): void {
    if (this.#asked.get(occurrence)?.state !== "waiting") this.#asked.delete(occurrence);
  }

  of(occurrence: string): Asked | undefined {
    const asked = this.#asked.get(occurrence);
    return asked && { state: asked.state, text: asked.text };
  }
}
