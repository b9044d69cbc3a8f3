/** A bus process on a Modbus device that misbehaves, as its channels tell it: a reason each beat, the process lives on, and the numbers come back. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { stationSchema } from "../../edge-agent/contracts/station.ts";
import { systemClock as clock } from "../../edge-agent/core/clock.ts";
import type { Reason } from "../../edge-agent/core/reasons.ts";
import type { Reading } from "../../edge-agent/core/sample.ts";
import { openBuses } from "../../edge-agent/sensors/open.ts";
import { type Asked, hostileServer } from "../support/modbus-server.ts";
import { watch } from "./watch.ts";

const register = (id: string, register: number) => ({
  id,
  quantity: "voltage",
  at: { cell: "C1" },
  every: "200 ms",
  source: { driver: "modbus", bus: "net", address: 1, register, type: "u16", unit: "mV" },
});

function begin(t: TestContext, port: number) {
  const station = stationSchema.parse({
    version: 1,
    site: "lab",
    station: "one",
    cells: [{ id: "C1" }],
    buses: [{ id: "net", kind: "modbus-tcp", host: "127.0.0.1", port, deadline: "2 s" }],
    channels: [register("a", 10), register("b", 11)],
  });
  const [bus] = openBuses(station, { simulated: false, faults: [], clock, origin_s: clock.monotonic_s() });
  assert.ok(bus);
  t.after(() => bus.stop());
  return watch(bus);
}

const good = ({ reply, code, start, count }: Asked): void =>
  reply([code, 2 * count, ...Array.from({ length: count }, (_, index) => [0, start + index]).flat()]);

const hostile: readonly (readonly [name: string, answer: (asked: Asked) => void, reason: Reason])[] = [
  ["never answers", () => {}, "no-reply"],
  ["closes the connection", ({ socket }) => socket.destroy(), "no-reply"],
  ["answers under an old transaction", (asked) => asked.reply([asked.code, 4, 9, 9, 9, 9], { transaction: asked.transaction - 1 }), "no-reply"],
  ["answers with an exception", ({ reply, code }) => reply([code | 0x80, 6]), "not-ready"],
  ["answers too much", ({ reply, code }) => reply([code, 6, 9, 9, 9, 9, 9, 9]), "malformed"],
];

test("each trouble of a device is a reason on its channels, the process lives on, and the numbers come back", async (t) => {
  let answer: (asked: Asked) => void = good;
  const { port } = await hostileServer(t, (asked) => answer(asked));
  const heard = begin(t, port);
  const isNumber = ({ raw }: Reading): boolean => raw !== undefined;
  await heard.until("numbers", ({ all }) => all.filter(isNumber).length >= 2, 30);
  for (const [name, trouble, reason] of hostile) {
    const before = heard.all.length;
    answer = trouble;
    await heard.until(`reasons of one that ${name}`, ({ all }) => all.slice(before).filter((reading) => !isNumber(reading)).length >= 2);
    answer = good;
    const sick = heard.all.length;
    await heard.until(`numbers after one that ${name}`, ({ all }) => all.slice(sick).filter(isNumber).length >= 2);
    const bad = heard.all.slice(before).filter((reading) => !isNumber(reading));
    assert.deepEqual([...new Set(bad.map(({ channel }) => channel))], [0, 1]);
    for (const { reason: found, detail } of bad) {
      assert.equal(found, reason, `${name}: ${detail}`);
      assert.match(detail ?? "", /^net unit 1: /);
    }
  }
  assert.ok(
    heard.all.every(({ channel, raw }) => raw === undefined || raw === (10 + channel) / 1000),
    "no number of another request",
  );
  assert.deepEqual(heard.restarts, []);
});
