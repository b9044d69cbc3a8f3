import assert from "node:assert/strict";
import test from "node:test";
import { catalogue } from "../../edge-agent/sensors/catalogue.ts";
import { driverNamed } from "../../edge-agent/sensors/driver-named.ts";

test("a bus process finds every driver of the catalogue by its name alone", async () => {
  for (const [name, entry] of Object.entries(catalogue)) assert.equal(await driverNamed(name), entry);
});

test("what is no driver's name is refused", async () => {
  await assert.rejects(driverNamed("rounds"), /no driver rounds/);
  await assert.rejects(driverNamed("../bus/i2c"), /no driver/);
});
