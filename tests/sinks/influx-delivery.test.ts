/** Halving: the bad lines of a portion and no others are set aside, and a sink that takes nothing sets nothing aside. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Entry } from "../../edge-agent/core/entry.ts";
import { Allowance } from "../../edge-agent/sinks/allowance.ts";
import { Backoff } from "../../edge-agent/sinks/backoff.ts";
import { deliver } from "../../edge-agent/sinks/delivery.ts";
import type { Verdict } from "../../edge-agent/sinks/sink.ts";
import { numbered, numbersOf } from "../support/spool.ts";

const refused: Verdict = { kind: "refused", code: "sink/refused", why: "no" };

/** A server that takes a batch only when no line of it is bad. */
async function run(count: number, bad: ReadonlySet<number>, allowance = new Allowance(), most = Number.POSITIVE_INFINITY, takenBefore = allowance.taken) {
  const entries = numbered(0, count);
  const seqs = entries.map((_, n) => 100 + n);
  const done = new Set<number>();
  const aside: number[] = [];
  let writes = 0;
  const port = {
    async write(batch: readonly Entry[]): Promise<Verdict> {
      writes++;
      if (batch.length > most) return { kind: "refused", code: "sink/too-large", why: "413" };
      return numbersOf(batch).some((n) => bad.has(n)) ? refused : { kind: "taken" };
    },
    done(first: number, end: number) {
      for (let seq = first; seq < end; seq++) {
        assert.ok(!done.has(seq), "done twice");
        done.add(seq);
      }
    },
    setAside: (seq: number) => void aside.push(seq - 100),
  };
  const outcome = await deliver("sample", { first: 100, end: 100 + count, entries, seqs }, port, allowance, takenBefore);
  return { outcome, done, aside, writes };
}

test("some bad lines: exactly they are set aside, everything else is done", async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 2, max: 400 }), fc.uniqueArray(fc.nat(399), { maxLength: 15 }), async (count, numbers) => {
      const bad = new Set(numbers.filter((n) => n < count));
      fc.pre(bad.size < count);
      const { outcome, done, aside } = await run(count, bad);
      assert.equal(outcome.kind, "taken");
      assert.deepEqual(
        [...aside].sort((a, b) => a - b),
        [...bad].sort((a, b) => a - b),
      );
      assert.equal(done.size, count);
    }),
  );
});

test("all bad: nothing is set aside, and it takes few requests to see", async () => {
  const { outcome, done, aside, writes } = await run(5000, new Set(Array(5000).keys()));
  assert.deepEqual([outcome.kind, done.size, aside], ["held", 0, []]);
  assert.ok(writes < 60, `${writes} requests`);
});

test("a request that is too large is halved until it fits", async () => {
  const { outcome, done, aside } = await run(5000, new Set(), new Allowance(), 300);
  assert.deepEqual([outcome.kind, done.size, aside], ["taken", 5000, []]);
});

test("the allowance bounds what is set aside; the rest is held and one more goes with each new try", async () => {
  const bad = new Set(Array.from({ length: 2000 }, (_, n) => n * 2));
  const allowance = new Allowance();
  const { outcome, aside } = await run(4000, bad, allowance);
  assert.equal(outcome.kind, "held");
  assert.ok(aside.length <= 102, `${aside.length} set aside`);
  const again = await run(4000, bad, allowance);
  assert.deepEqual([again.outcome.kind, again.aside.length, again.writes], ["held", 0, 1], "spent: one request tells");
  allowance.triedAgain();
  const third = await run(4000, bad, allowance, Number.POSITIVE_INFINITY, 0);
  assert.equal(third.aside.length, 1);
});

test("a sink that refuses for a while sets nothing aside, wherever in a portion the while begins and ends", async () => {
  for (let begins = 1; begins <= 12; begins++) {
    for (let ends = begins + 1; ends <= 30; ends++) {
      const done = new Set<number>();
      let writes = 0;
      const port = {
        write: async (): Promise<Verdict> => {
          writes++;
          return writes >= begins && writes < ends ? { kind: "refused", code: "sink/too-large", why: "413" } : { kind: "taken" };
        },
        done(first: number, end: number) {
          for (let seq = first; seq < end; seq++) done.add(seq);
        },
        setAside: () => assert.fail(`refused from request ${begins} to ${ends}: a good line was set aside`),
      };
      const entries = numbered(0, 6);
      const allowance = new Allowance();
      allowance.take(numbered(100, 1));
      const outcome = await deliver("sample", { first: 0, end: 6, entries, seqs: [0, 1, 2, 3, 4, 5] }, port, allowance, 0);
      assert.equal(outcome.kind === "taken", done.size === 6);
    }
  }
});

test("later stops at once and keeps what was done", async () => {
  let writes = 0;
  const entries = numbered(0, 4);
  const port = {
    write: async (): Promise<Verdict> => (++writes === 1 ? refused : { kind: "later", code: "sink/overloaded", why: "wait" }),
    done: assert.fail,
    setAside: assert.fail,
  };
  const outcome = await deliver("sample", { first: 0, end: 4, entries, seqs: [0, 1, 2, 3] }, port, new Allowance());
  assert.equal(outcome.kind, "later");
});

test("waits lie between half a second and a minute, spread out, and honour the server up to five minutes", () => {
  for (const random of [0, 0.5, 0.999]) {
    const backoff = new Backoff(() => random);
    const waits = Array.from({ length: 12 }, () => backoff.next_s());
    assert.ok(waits.every((wait, n) => wait >= 0.5 && wait <= 60 && wait >= (waits[n - 1] ?? 0)));
    assert.ok(backoff.next_s(90) >= 90);
    assert.equal(backoff.next_s(1e9), 300);
    backoff.reset();
    assert.ok(backoff.next_s() <= 1);
  }
});
