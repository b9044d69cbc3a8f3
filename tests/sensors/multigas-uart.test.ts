import assert from "node:assert/strict";
import test from "node:test";
import { simulatedUart } from "../../edge-agent/bus/simulated-uart.ts";
import { stationSchema } from "../../edge-agent/contracts/station.ts";
import { MultigasUartSim } from "../../edge-agent/sensors/multigas.sim.ts";
import { plansOf } from "../../edge-agent/sensors/open.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { planOf, started } from "./bench.ts";

const still = (mean: number) => ({ mean, swing: 0, period_s: 1, noise: 0 });

/** A board at a port, read once a second; `line` is what happens to an answer on its way. Readings of the gas, by whole seconds. */
async function atPort(
  until_s: number,
  line: (answer: Uint8Array, at_s: number) => Uint8Array = (answer) => answer,
  set: (board: MultigasUartSim) => void = () => {},
) {
  let board: MultigasUartSim | undefined;
  const run = started("uart", planOf("multigas_uart", 1), (clock, hang) => {
    board = new MultigasUartSim(clock, 3, "h2");
    board.world.gas = still(43);
    set(board);
    const { answer } = board;
    board.answer = (bytes) => line(answer.call(board, bytes), clock.monotonic_s());
    return simulatedUart(new Map([["", board]]), [], clock, hang);
  });
  await run.clock.advance(until_s);
  return { gas: run.readings.filter(({ channel }) => channel === 0), board: board as MultigasUartSim, overdue: run.overdue };
}

test("MultiGas at a port: what the world is comes through, once a second", async () => {
  const { gas } = await atPort(60);
  assert.ok(gas.length > 50 && gas.every(({ raw, reason }) => raw === 43 && reason === undefined));
});

const spoilt: readonly [what: string, line: (answer: Uint8Array) => Uint8Array, reason: string][] = [
  ["a byte more in front of an answer", (answer) => Uint8Array.of(0x00, ...answer), "malformed"],
  ["a byte less in front of an answer", (answer) => answer.slice(1), "malformed"],
  ["a byte less at the end of an answer", (answer) => answer.slice(0, -1), "malformed"],
  ["an answer and then half of it once more", (answer) => Uint8Array.of(...answer, ...answer.slice(0, 5)), "none"],
  ["no answer", () => new Uint8Array(), "no-reply"],
  ["an answer to something else", () => Uint8Array.of(0xff, 0x91, 0x01, 0, 0, 0, 0, 0, 0x6e), "not-ready"],
];
for (const [what, line, reason] of spoilt) {
  test(`MultiGas at a port: ${what} costs at most its own beat, and the next is whole again`, async () => {
    let once = true;
    const { gas, overdue } = await atPort(40, (answer, at_s) => {
      if (at_s < 20 || !once) return answer;
      once = false;
      return line(answer);
    });
    const bad = gas.filter(({ raw }) => raw === undefined);
    assert.deepEqual(
      bad.map(({ reason: why }) => why),
      reason === "none" ? [] : [reason],
    );
    assert.ok(gas.filter(({ at_s }) => at_s > 22).length > 15);
    assert.ok(gas.every(({ raw }) => raw === undefined || raw === 43));
    assert.deepEqual(overdue, []);
  });
}

test("MultiGas at a port: a byte that is missing again and again never shifts one answer into the next", async () => {
  let answers = 0;
  const { gas } = await atPort(300, (answer) =>
    ++answers % 7 === 0 ? answer.slice(0, 4) : answers % 11 === 0 ? Uint8Array.of(...answer, 0xff, 0x86) : answer,
  );
  assert.ok(gas.length > 200 && gas.some(({ raw }) => raw === 43));
  assert.ok(gas.every(({ raw, reason }) => (raw === undefined ? reason === "malformed" : raw === 43)));
});

test("MultiGas at a port: a board that uploads is told to answer when asked, and warms up", async () => {
  const { gas, board } = await atPort(
    30,
    (answer) => answer,
    (made) => made.powerCycle(),
  );
  assert.equal(board.uploading, false);
  assert.ok(gas.length > 20 && gas.every(({ raw, reason }) => raw === 43 && reason === "warming-up"));
});

const station = (channels: readonly Record<string, unknown>[], path = "/dev/serial0") =>
  stationSchema.safeParse({
    ...{ version: 1, site: "lab", station: "one", cells: [{ id: "C1" }], buses: [{ id: "uart-1", kind: "uart", path }] },
    channels: channels.map((source, index) => ({ id: `c${index}`, quantity: "h2", at: { cell: "C1" }, source: { bus: "uart-1", gas: "h2", ...source } })),
  });

test("a serial port in a station file: 9600 baud unless said otherwise, one chip, no address", () => {
  const options = { simulated: true, faults: [], clock: new VirtualClock(), origin_s: 0 };
  const parsed = station([{ driver: "multigas_uart" }]);
  assert.ok(parsed.success);
  const [plan] = plansOf(parsed.data, options);
  assert.deepEqual([plan?.wire, plan?.sensors[0]?.address], [{ kind: "uart", path: "/dev/serial0", baud: 9600 }, ""]);

  const addressed = station([{ driver: "multigas_uart", address: 1 }]);
  assert.ok(addressed.success);
  assert.throws(() => plansOf(addressed.data, options), /leave the address out: a serial port has one chip/);
  const wrongBus = station([{ driver: "multigas", address: 0x74 }]);
  assert.ok(wrongBus.success);
  assert.throws(() => plansOf(wrongBus.data, options), /multigas needs a bus of kind i2c, and uart-1 is uart/);
  assert.match(station([{ driver: "multigas_uart" }], "serial0").error?.message ?? "", /write the port's path, such as \/dev\/serial0/);
});
