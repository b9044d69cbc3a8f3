/** Cases are scored in parallel, a thread for each core. Native addons are not loaded there: outputs are simulated and nothing is opened. */
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { Outcome } from "../../models/evaluation/outcome.ts";
import { type CaseRef, nameOf } from "./case-ref.ts";
import type { Answer, Order } from "./worker.ts";

export interface Scored {
  /** In the order of the cases, whichever was done first. */
  readonly outcomes: readonly Outcome[];
  readonly failed: readonly { readonly name: string; readonly why: string }[];
}

/** A case that cannot be read fails alone. What is no fault is a bug: it rejects, and ends every thread. */
export async function scoreAll(refs: readonly CaseRef[], detectors: readonly string[], progress: (done: number, hours: number) => void): Promise<Scored> {
  const answers: Answer[] = [];
  let [next, done, hours] = [0, 0, 0];
  const ended = new AbortController();

  const work = async (): Promise<void> => {
    const worker = new Worker(new URL("./worker.ts", import.meta.url));
    try {
      for (;;) {
        const index = next;
        next += 1;
        const ref = refs[index];
        if (ref === undefined || ended.signal.aborted) return;
        const answer = await ask(worker, { ref, detectors });
        answers[index] = answer;
        done += 1;
        if ("outcomes" in answer) hours += answer.outcomes[0]?.hours ?? 0;
        progress(done, hours);
      }
    } finally {
      ended.abort(); // either nothing is left, or nobody shall begin anew
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: Math.min(refs.length, availableParallelism()) }, work));
  return {
    outcomes: answers.flatMap((answer) => ("outcomes" in answer ? answer.outcomes : [])),
    failed: answers.flatMap((answer, index) => {
      const ref = refs[index];
      return "trouble" in answer && ref !== undefined ? [{ name: nameOf(ref), why: answer.trouble }] : [];
    }),
  };
}

function ask(worker: Worker, order: Order): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  worker.once("message", resolve);
  worker.once("error", reject);
  worker.postMessage(order);
  return promise.finally(() => {
    worker.removeListener("message", resolve);
    worker.removeListener("error", reject);
  });
}
