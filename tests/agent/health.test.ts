import assert from "node:assert/strict";
import { test } from "node:test";
import { Health, type HealthInputs } from "../../edge-agent/agent/health.ts";

test("who may command and has no key is a reason of agent-degraded, until the key is there", (t) => {
  const health = new Health();
  t.after(() => health.close());
  const counts = { listening: true, taken: 0, refused: 0, unproven: 0, retained: 0, oversized: 0, crowded: 0 };
  const inputs = (keyless: readonly { actor: string; why: string }[]): HealthInputs => ({
    at_s: 1,
    uptime_s: 1,
    sources: [],
    dropped: 0,
    clock: undefined,
    store: {
      spool_Bytes: 0,
      evicted: 0,
      dropped: 0,
      setAside: 0,
      uncommitted: 0,
      sinks: [{ name: "mqtt m", state: "taking", backlog: 0, deadLetters: 0, commands: { ...counts, keyless } }],
    },
  });
  const told = (keyless: Parameters<typeof inputs>[0]) =>
    health.findings(inputs(keyless)).flatMap(({ alarm, by, present, why }) => (by === "loop" ? [] : [[alarm, present, ...why]]));
  const fault = { actor: "page", why: "key_file /k cannot be read (ENOENT): write it" };
  assert.deepEqual(told([fault]), [
    ["agent-degraded", true, "mqtt m takes no command from page: key_file /k cannot be read (ENOENT): write it; it is read again at the next connect"],
  ]);
  assert.deepEqual(told([]), [["agent-degraded", false, "mqtt m has the key of page"]]);
});
