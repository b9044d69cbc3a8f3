/** Searching a bus: every part that can say who it is, is named; nothing is changed by asking. */
import assert from "node:assert/strict";
import test from "node:test";
import { parse } from "yaml";
import { simulatedI2c } from "../../edge-agent/bus/simulated-bus.ts";
import { catalogue } from "../../edge-agent/sensors/catalogue.ts";
import type { AnyDriver } from "../../edge-agent/sensors/driver.ts";
import { proposed, search } from "../../edge-agent/sensors/search.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { chipOf, planOf } from "./bench.ts";

const onI2c = Object.values(catalogue).filter(({ bus }) => bus === "i2c");

/** A bus with one simulated chip of `entry`. */
function busWith(entry: AnyDriver, address: number) {
  const clock = new VirtualClock();
  const chip = chipOf(planOf(entry.driver), clock);
  chip.powerCycle(); // as somebody finds it who has just wired it
  const bus = simulatedI2c(new Map([[address, chip]]), [], clock, () => {});
  return { clock, bus };
}

async function whoIsThere(entry: AnyDriver, address: number) {
  const { clock, bus } = busWith(entry, address);
  let found: Awaited<ReturnType<typeof search>> | undefined;
  search(bus, clock).then((list) => {
    found = list;
  });
  await clock.advance(120);
  assert.ok(found !== undefined, "the search ends");
  return found;
}

for (const entry of onI2c) {
  const [address] = entry.addresses ?? [];
  if (typeof address !== "number") continue;
  if (entry.identify === undefined) {
    test(`${entry.driver} cannot say who it is: it is among those that may be there, or seen not at all`, async () => {
      const found = await whoIsThere(entry, address);
      for (const { drivers, certain, address: at } of found) {
        assert.equal(at, address);
        assert.ok(!certain && drivers.includes(entry.driver));
      }
    });
    continue;
  }
  test(`${entry.driver} is found at its address, named, and proposed as lines that the file can take`, async () => {
    const found = await whoIsThere(entry, address);
    assert.deepEqual(found, [{ address, drivers: [entry.driver], certain: true }]);
    const [line = ""] = proposed("i2c-1", found[0] as (typeof found)[number]);
    const [channel] = parse(line) as { quantity: string; source: { driver: string; address: number } }[];
    assert.deepEqual([channel?.source.driver, channel?.source.address], [entry.driver, address]);
  });
}

test("an empty bus has nobody", async () => {
  const clock = new VirtualClock();
  let found: unknown;
  search(
    simulatedI2c(new Map(), [], clock, () => {}),
    clock,
  ).then((list) => {
    found = list;
  });
  await clock.advance(120);
  assert.deepEqual(found, []);
});
