/** A listener that keeps what it hears and can be awaited. */
import type { Source, SourceListener } from "../../edge-agent/bus/source.ts";
import type { Reading } from "../../edge-agent/core/sample.ts";

export interface Watch extends SourceListener {
  readonly all: Reading[];
  readonly restarts: string[];
  /** Resolves as soon as what was heard satisfies the question; rejects after `limit_s`. */
  until(what: string, question: (heard: Watch) => boolean, limit_s?: number): Promise<void>;
}

export function watch(source?: Source): Watch {
  const waiting = new Set<() => void>();
  const look = () => {
    for (const check of waiting) check();
  };
  const heard: Watch = {
    all: [],
    restarts: [],
    readings(readings) {
      heard.all.push(...readings);
      look();
    },
    restarted(_bus, why) {
      heard.restarts.push(why);
      look();
    },
    time() {},
    ended() {},
    until(what, question, limit_s = 15) {
      return new Promise((resolve, reject) => {
        const limit = setTimeout(() => reject(new Error(`never: ${what}; heard ${JSON.stringify([heard.restarts, heard.all.slice(-5)])}`)), limit_s * 1000);
        const check = () => {
          if (!question(heard)) return;
          clearTimeout(limit);
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      });
    },
  };
  source?.start(heard);
  return heard;
}
