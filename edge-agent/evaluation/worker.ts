/** A thread that scores cases, one after the other, as they are handed to it. */
import { parentPort } from "node:worker_threads";
import type { Outcome } from "../../models/evaluation/outcome.ts";
import { isFault } from "../core/faults.ts";
import { type CaseRef, openCase } from "./case-ref.ts";
import { scoreCase } from "./score-case.ts";

export interface Order {
  readonly ref: CaseRef;
  readonly detectors: readonly string[];
}

export type Answer = { readonly outcomes: readonly Outcome[] } | { readonly trouble: string };

const port = parentPort;
if (port === null) throw new Error("worker.ts is started by pool.ts, as a thread");
port.on("message", async ({ ref, detectors }: Order) => {
  let answer: Answer;
  try {
    answer = { outcomes: await scoreCase(openCase(ref), detectors) };
  } catch (error) {
    if (!isFault(error)) throw error;
    answer = { trouble: String(error) };
  }
  port.postMessage(answer);
});
