/** Any order of arming, disarming, trips, broken and mended wiring against a small model: the permits that may be energised. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isFault } from "../../edge-agent/core/faults.ts";
import { type Outputs, openOutputs } from "../../edge-agent/outputs/outputs.ts";
import { station } from "../support/station.ts";
import { type Bench, bench } from "./line.ts";
import { alarm, permit, signal } from "./parts.ts";

const permits = ["a", "b"] as const;
const standings = { none: [], trip: [alarm("toxic-gas", "trip")], "holds a": [alarm("coverage-lost", "alarm")] };
const parts = station({ outputs: [...permits.map(permit), signal("siren")], interlocks: [{ when: "coverage-lost", class: "stop", open: ["a"] }] });

const only = <T extends string>(verb: T) => fc.record({ verb: fc.constant(verb) });
const id = fc.constantFrom(...permits);
const step = fc.oneof(
  fc.record({ verb: fc.constant("arm" as const), standing: fc.constantFrom("none" as const, "trip" as const, "holds a" as const) }),
  fc.record({ verb: fc.constant("trip" as const), ids: fc.subarray([...permits, "siren"]) }),
  fc.record({ verb: fc.constant("break" as const), id, how: fc.constantFrom("stuck" as const, "dead" as const) }),
  fc.record({ verb: fc.constant("mend" as const), id }),
  fc.record({ verb: fc.constant("test" as const), ids: fc.subarray([...permits], { minLength: 0 }) }),
  only("disarm" as const),
  only("supervise" as const),
  only("beat" as const),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

class Model {
  readonly allowed = new Set<string>();
  /** Broken at some time since it was last supervised while sound: its pin may differ from what it was told. */
  readonly suspect = new Set<string>();

  take(step: Step, { outputs, rig }: { outputs: Outputs; rig: Bench }): void {
    const asked = { at_s: 1, actor: "ann", because: "c", standing: [] };
    switch (step.verb) {
      case "arm": {
        const { refused } = outputs.arm({ ...asked, standing: standings[step.standing] });
        if (refused !== undefined) {
          if (!outputs.status().armed) this.allowed.clear();
          return;
        }
        assert.notEqual(step.standing, "trip", "armed while a trip alarm was active");
        for (const permit of permits) if (step.standing !== "holds a" || permit !== "a") this.allowed.add(permit);
        for (const permit of this.allowed) assert.equal(rig.line(permit).level, true, "armed means proven");
        return;
      }
      case "trip":
        outputs.trip(step.ids, "x", 1);
        for (const id of step.ids) this.allowed.delete(id);
        return;
      case "test":
        for (const id of step.ids.length === permits.length ? [undefined] : step.ids) {
          try {
            for (const { output } of outputs.tripTest(asked, id, () => 1).tested) this.allowed.delete(output);
          } catch (error) {
            assert.ok(isFault(error), "refused: nothing was energised");
          }
        }
        return;
      case "break":
        rig.line(step.id)[step.how] = true;
        this.suspect.add(step.id);
        return;
      case "mend":
        rig.line(step.id).stuck = false;
        rig.line(step.id).dead = false;
        return;
      case "disarm":
        outputs.disarm(asked);
        this.allowed.clear();
        return;
      case "supervise":
        outputs.supervise(1);
        for (const permit of permits) {
          const { stuck, dead } = rig.line(permit);
          if (dead) this.allowed.delete(permit);
          if (!stuck && !dead) this.suspect.delete(permit);
        }
        return;
      case "beat":
        outputs.beat(1);
    }
  }
}

test("a permit is energised only by arming, and stays open after a trip until armed again", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const rig = bench();
      const { outputs } = await openOutputs(parts, rig.backends, 0);
      const model = new Model();
      for (const step of steps) {
        const writes = permits.map((id) => rig.line(id).writes.length);
        model.take(step, { outputs, rig });
        for (const [index, id] of permits.entries()) {
          const line = rig.line(id);
          assert.equal(outputs.status().outputs[index]?.energised, model.allowed.has(id), `${id} after ${step.verb}`);
          if (!model.allowed.has(id) && !model.suspect.has(id)) assert.equal(line.level, false, `${id} is open at the pin after ${step.verb}`);
          if (step.verb !== "arm") assert.ok(!line.writes.slice(writes[index]).includes(true), `${step.verb} energised ${id}`);
        }
      }
    }),
    { numRuns: 1000 },
  );
});
