/** The drain: what goes first, what waits, and that nothing a sink does stops the others or loses an entry. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Entry } from "../../edge-agent/core/entry.ts";
import { Drain } from "../../edge-agent/sinks/drain.ts";
import type { Sink, Verdict } from "../../edge-agent/sinks/sink.ts";
import type { Spool } from "../../edge-agent/spool/spool.ts";
import { alarmEntry } from "../support/entries.ts";
import { hurriedClock } from "../support/hurried-clock.ts";
import { commit, numbered, numbersOf, openSpool, pending } from "../support/spool.ts";
import { tempFolder } from "../support/temp.ts";

const taken: Verdict = { kind: "taken" };
const clock = hurriedClock(100);

function sinkOf(write: (entries: readonly Entry[], signal: AbortSignal) => Promise<Verdict>): Sink {
  return { name: "sink", durable: ["record", "state", "sample"], write, close: async () => {} };
}

/** Runs a drain until the spool is empty for the sink. */
async function drained(spool: Spool, sink: Sink): Promise<void> {
  const drain = new Drain({ sink, spool, clock, random: Math.random, onChange: () => {} });
  while (drain.status(0).backlog > 0) await clock.sleep(0.5);
  assert.equal(drain.status(0).state, "taking");
  drain.stop();
  await drain.ended;
}

test("after an outage: alarms first, then the newest samples, then the backlog in order, the newest in between", async (t) => {
  const spool = openSpool(tempFolder(t));
  for (let n = 0; n < 60_000; n += 4000) commit(spool, numbered(n, 4000));
  commit(spool, [alarmEntry(), alarmEntry({ id: "vent:C2" })]);
  const batches: (number | string)[][] = [];
  let later = 60_000;
  const sink = sinkOf(async (entries) => {
    assert.ok(entries.length <= 5000, "batches are bounded");
    batches.push(entries.map((entry) => (entry.type === "sample" ? (entry.sample.value ?? -1) : entry.type)));
    if (later < 60_300) {
      commit(spool, numbered(later, 100));
      later += 100;
    }
    return taken;
  });
  await drained(spool, sink);
  assert.deepEqual(batches[0], ["alarm", "alarm"]);
  const firsts = batches.slice(1).map((batch) => batch[0]);
  const backlog = firsts.filter((first) => Number(first) < 50_000);
  assert.deepEqual(
    backlog,
    [...backlog].sort((a, b) => Number(a) - Number(b)),
  );
  const newest = firsts.findIndex((first) => Number(first) >= 55_000);
  assert.ok(newest >= 0 && newest <= 1, `the newest went as number ${newest}`);
  assert.ok(firsts.findIndex((first) => Number(first) >= 60_000) <= 3, "what came meanwhile did not wait for the backlog");
  const all = batches.slice(1).flat().map(Number);
  assert.deepEqual(
    [...new Set(all)].sort((a, b) => a - b),
    [...Array(60_300).keys()],
  );
  assert.equal(all.length, 60_300, "nothing twice");
  assert.deepEqual(pending(spool, "sample"), []);
  spool.close();
});

test("a sink that throws at one entry, that never answers, or that answers nonsense first: the rest arrives", async (t) => {
  const spool = openSpool(tempFolder(t));
  commit(spool, numbered(0, 1000));
  const got = new Set<number>();
  let writes = 0;
  const sink = sinkOf(async (entries, signal) => {
    writes++;
    if (writes === 1) return new Promise<Verdict>(() => {}); // deaf even to the signal
    if (writes === 2) return { kind: "later", code: "sink/overloaded", why: "wait", retryAfter_s: 1 };
    assert.equal(signal.aborted, false);
    const numbers = numbersOf(entries);
    if (numbers.includes(500)) throw new TypeError("cannot encode 500");
    for (const n of numbers) got.add(n);
    return taken;
  });
  await drained(spool, sink);
  assert.equal(got.size, 999);
  assert.deepEqual([...spool.deadLetters()], [["sink", 1]]);
  spool.commit([]);
  assert.match(
    JSON.stringify(pending(spool, "record"), (_, value) => (typeof value === "bigint" ? "" : value)),
    /sink-refused.*cannot encode 500/,
  );
  spool.close();
});

test("a sink that refuses everything keeps everything, says why, and takes it once it is mended", async (t) => {
  const spool = openSpool(tempFolder(t));
  commit(spool, numbered(0, 3000));
  let broken = true;
  let writes = 0;
  const sink = sinkOf(async () => {
    writes++;
    return broken ? { kind: "refused", code: "sink/refused", why: "unknown field type" } : taken;
  });
  const drain = new Drain({ sink, spool, clock, random: Math.random, onChange: () => {} });
  while (drain.status(0).state === "taking") await clock.sleep(0.1);
  assert.deepEqual([drain.status(0).code, drain.status(0).why], ["sink/refused", "unknown field type"]);
  const before = writes;
  while (writes < before + 40) await clock.sleep(1);
  assert.equal(drain.status(0).backlog, 3000 + pending(spool, "record").length);
  assert.equal(spool.deadLetters().size, 0);
  broken = false;
  while (drain.status(0).backlog > 0) await clock.sleep(1);
  assert.equal(drain.status(0).state, "taking");
  drain.stop();
  await drain.ended;
  spool.close();
});

test("stopping ends at once, also while the sink does not answer or the drain waits", async (t) => {
  const spool = openSpool(tempFolder(t));
  commit(spool, numbered(0, 10));
  for (const answer of [
    new Promise<Verdict>((resolve) => setTimeout(() => resolve(taken), 50)),
    Promise.resolve<Verdict>({ kind: "later", code: "sink/unreachable", why: "down" }),
  ]) {
    const drain = new Drain({ sink: sinkOf(() => answer), spool, clock: hurriedClock(1), random: () => 0.99, onChange: () => {} });
    await new Promise((resolve) => setImmediate(resolve));
    drain.stop();
    await drain.ended;
  }
  spool.close();
});
