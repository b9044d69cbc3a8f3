/** The running agent opens its permits on a person's word, records the test, and arms again on a person's word. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { offgas, startAgent } from "../support/agent.ts";
import { stored, writeStation } from "../support/agent-station.ts";
import { tempFolder } from "../support/temp.ts";

test("armed, tested, refused while open, armed again; the record holds the test", async (t) => {
  const { path, spool } = writeStation(tempFolder(t));
  const agent = startAgent(t, ["--config", path, "--simulated"]);
  await agent.line(({ event }) => event === "agent-start");
  const ask = (verb: string, ...more: string[]) => offgas(verb, "--config", path, ...more);

  const early = await ask("trip-test");
  assert.deepEqual([early.code, early.stderr], [1, "command/refused: not tested: no permit is energised, so that nothing would open: arm first\n"]);
  assert.equal((await ask("arm")).code, 0);
  const tested = await ask("trip-test", "--actor", "ann");
  assert.equal(tested.code, 0, tested.stderr);
  assert.match(tested.stdout, /^trip-test by ann: cycler read open after [\d.]+ ms; arm again to go on\n {2}cycler {2}opened +[\d.]+ ms\n$/);
  assert.match((await ask("status")).stdout, /cycler {2}permit {5}de-energised {2}tripped by trip-test/);
  assert.equal((await ask("arm")).code, 0);
  assert.match((await ask("status")).stdout, /cycler {2}permit {5}energised/);

  agent.child.kill("SIGTERM");
  assert.equal(await agent.ended, 0);
  const events = stored(spool).record.flatMap((entry) => (entry.type === "event" ? [entry.event] : []));
  const because = events.find(({ event }) => event === "trip-test")?.because;
  assert.ok(because);
  assert.deepEqual(
    events.filter((event) => event.because === because).map(({ event, text }) => `${event}: ${text.replace(/[\d.]+ ms/, "… ms")}`),
    [
      "command: trip-test of every permit by ann (operator)",
      "output-open: cycler de-energised: trip-test by ann",
      "trip-test: trip-test by ann: cycler read open after … ms; arm again to go on",
    ],
  );
});
