import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Stamper } from "../../edge-agent/pipeline/stamper.ts";

const year_ns = 31_557_600_000_000_000n;
const noon_ns = 1_800_000_000_000_000_000n;
const at = (wall_ns: bigint) => ({ wall_ns: () => wall_ns });

test("stamps follow run time from the anchor; a replay at 30 times is 30 times denser", () => {
  const live = new Stamper({ clock: at(noon_ns), at_s: 100 });
  assert.equal(live.stamp("a", 101.5), noon_ns + 1_500_000_000n);
  const fast = new Stamper({ clock: at(noon_ns), at_s: 1690, speed: 30 });
  assert.equal(fast.stamp("a", 1720), noon_ns + 1_000_000_000n);
});

test("a wall clock that is behind the newest stored stamp does not send stamps back", () => {
  const stamper = new Stamper({ clock: at(noon_ns - year_ns), at_s: 0, lastStamp_ns: noon_ns });
  assert.ok(stamper.behind);
  assert.ok(stamper.stamp("a", 0) > noon_ns);
});

test("a step forward is followed and told once, a step back is not followed and told once", () => {
  const stamper = new Stamper({ clock: at(noon_ns), at_s: 0 });
  const ahead = stamper.observe(noon_ns + year_ns, 1);
  assert.match(ahead.step ?? "", /forward/);
  const there = stamper.stamp("a", 2);
  assert.ok(there > noon_ns + year_ns);
  const back = stamper.observe(noon_ns + 3_000_000_000n, 3);
  assert.match(back.step ?? "", /back/);
  assert.ok(back.unsure && stamper.behind);
  assert.equal(stamper.observe(noon_ns + 4_000_000_000n, 4).step, undefined);
  assert.equal(stamper.stamp("a", 4) - there, 2_000_000_000n);
});

test("a clock that is 50 ms fast is slewed back by at most 5 ms an observation", () => {
  const stamper = new Stamper({ clock: at(noon_ns), at_s: 0 });
  const second = 1_000_000_000n;
  const slow = (n: bigint) => noon_ns + n * second - 50_000_000n;
  assert.equal(Math.round(stamper.observe(slow(1n), 1).offset_ms), -45);
  assert.equal(Math.round(stamper.observe(slow(2n), 2).offset_ms), -40);
});

test("whatever the wall clock does, stamps of a series rise strictly", () => {
  const step = fc.record({ wait_s: fc.double({ min: 0, max: 1e6, noNaN: true }), wall_ns: fc.bigInt({ min: 0n, max: noon_ns * 2n }), look: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), fc.integer({ min: 1, max: 100 }), (steps, speed) => {
      const stamper = new Stamper({ clock: at(noon_ns), at_s: 0, speed });
      let at_s = 0;
      let last = -1n;
      for (const { wait_s, wall_ns, look } of steps) {
        at_s += wait_s;
        if (look) stamper.observe(wall_ns, at_s);
        const stamp = stamper.stamp("a", at_s);
        assert.ok(stamp > last);
        last = stamp;
      }
    }),
  );
});

test("a clock that was never set is unsure until it is, and a step is unsure for a minute", () => {
  const stamper = new Stamper({ clock: at(0n), at_s: 0 });
  assert.ok(stamper.observe(1_000_000_000n, 1).unsure, "1970");
  const set = stamper.observe(noon_ns, 2);
  assert.ok(set.unsure && set.step !== undefined);
  assert.ok(stamper.observe(noon_ns + 59_000_000_000n, 61).unsure);
  assert.equal(stamper.observe(noon_ns + 61_000_000_000n, 63).unsure, false);
});
