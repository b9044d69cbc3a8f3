import assert from "node:assert/strict";
import { test } from "node:test";
import { steppedClock } from "../../edge-agent/agent/stepped-clock.ts";
import { parseScriptedFault } from "../../edge-agent/bus/scripted-fault.ts";
import { Stamper } from "../../edge-agent/pipeline/stamper.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

test("a clock that is set back by an hour is told and makes the clock unsure; stamps rise on, and run time knows nothing of it", async () => {
  const real = new VirtualClock();
  await real.advance(1_800_000_000);
  const origin_s = real.monotonic_s();
  const clock = steppedClock(real, [parseScriptedFault("host:clock-step@30s"), parseScriptedFault("i2c-1/0x67:nack@1s")], origin_s);
  const stamper = new Stamper({ clock, at_s: 0 });
  const seen: { at_s: number; stamp_ns: bigint; unsure: boolean; step: string | undefined }[] = [];
  for (let at_s = 1; at_s <= 60; at_s++) {
    await real.advance(origin_s + at_s);
    assert.equal(clock.monotonic_s(), origin_s + at_s);
    const { unsure, step } = stamper.observe(clock.wall_ns(), at_s);
    seen.push({ at_s, stamp_ns: stamper.stamp("t", at_s), unsure, step });
  }
  assert.deepEqual(
    seen.filter(({ step }) => step !== undefined).map(({ at_s }) => at_s),
    [30],
  );
  assert.match(seen[29]?.step ?? "", /stepped back by 3600.0 s/);
  for (const { at_s, unsure } of seen) assert.equal(unsure, at_s >= 30);
  for (const [index, { stamp_ns }] of seen.entries()) assert.ok(index === 0 || stamp_ns > (seen[index - 1]?.stamp_ns ?? stamp_ns));
});
