// needs: socat
/** A real pseudo-terminal, the real serial port package and a real bus process; at the other end the simulated board, byte by byte, on the real clock. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { stationSchema } from "../../edge-agent/contracts/station.ts";
import { systemClock as clock } from "../../edge-agent/core/clock.ts";
import { MultigasUartSim } from "../../edge-agent/sensors/multigas.sim.ts";
import { openBuses } from "../../edge-agent/sensors/open.ts";
import { watch } from "../bus/watch.ts";
import { endChild } from "../support/processes.ts";
import { tempFolder } from "../support/temp.ts";

const REQUEST_bytes = 9;

/** `line`: what becomes of the next answer, once. */
interface Bench {
  readonly board: MultigasUartSim;
  readonly path: string;
  line: ((answer: Uint8Array) => Uint8Array | Promise<Uint8Array>) | undefined;
  plug(): Promise<void>;
  unplug(): Promise<void>;
}

async function benchOf(t: TestContext): Promise<Bench> {
  const folder = tempFolder(t);
  const board = new MultigasUartSim(clock, 3, "h2");
  board.world.gas = { mean: 43, swing: 0, period_s: 1, noise: 0 };
  const server = createServer((socket) => serve(socket)).listen(join(folder, "board"));
  const uploads = setInterval(() => {
    const bytes = board.unasked();
    if (bytes.length > 0) there?.write(bytes);
  }, 100);
  let there: Socket | undefined;
  let cable: ChildProcess | undefined;

  function serve(socket: Socket): void {
    there = socket;
    let heard: readonly number[] = [];
    socket.on("error", () => {}); // unplugged
    socket.on("data", async (bytes) => {
      heard = [...heard, ...bytes];
      if (heard.length < REQUEST_bytes) return;
      const answer = board.answer(Uint8Array.from(heard.slice(0, REQUEST_bytes)));
      heard = heard.slice(REQUEST_bytes);
      const { line } = bench;
      bench.line = undefined;
      socket.write(line === undefined ? answer : await line(answer));
    });
  }

  const bench: Bench = {
    board,
    path: join(folder, "port"),
    line: undefined,
    async plug() {
      cable = spawn("socat", [`PTY,link=${bench.path},raw,echo=0`, `UNIX-CONNECT:${join(folder, "board")}`], { stdio: "ignore" });
      while (!existsSync(bench.path)) await wait(20);
    },
    unplug: () => endChild(cable, "SIGTERM"),
  };
  t.after(async () => {
    clearInterval(uploads);
    await bench.unplug();
    there?.destroy();
    server.close();
  });
  await bench.plug();
  return bench;
}

function begin(t: TestContext, path: string) {
  const station = stationSchema.parse({
    ...{ version: 1, site: "lab", station: "one", cells: [{ id: "C1" }], buses: [{ id: "uart-1", kind: "uart", path, deadline: "1 s" }] },
    channels: [{ id: "C1.h2", quantity: "h2", at: { cell: "C1" }, source: { driver: "multigas_uart", bus: "uart-1", gas: "h2" } }],
  });
  const [bus] = openBuses(station, { simulated: false, faults: [], clock, origin_s: clock.monotonic_s() });
  assert.ok(bus);
  t.after(() => bus.stop());
  return watch(bus);
}

const isGood = ({ raw, reason }: { readonly raw?: number; readonly reason?: string }) => raw === 43 && reason === undefined;

test("a board at a serial port is read through a real port, and every lost, added or late byte costs its own beat alone", async (t) => {
  const bench = await benchOf(t);
  const heard = begin(t, bench.path);
  await heard.until("good readings", ({ all }) => all.filter(isGood).length >= 2);

  for (const [reason, line] of [
    ["malformed", (answer: Uint8Array) => Uint8Array.of(0x00, ...answer)],
    ["malformed", (answer: Uint8Array) => answer.slice(1)],
    ["no-reply", (answer: Uint8Array) => wait(400).then(() => answer)],
  ] as const) {
    const before = heard.all.length;
    bench.line = line;
    await heard.until(`${reason}, and then good again`, ({ all }) => {
      const since = all.slice(before);
      return since.some((reading) => reading.reason === reason) && since.slice(since.findIndex((reading) => reading.reason === reason)).some(isGood);
    });
  }
  assert.ok(heard.all.every((reading) => reading.raw === undefined || isGood(reading)));
  assert.deepEqual(heard.restarts, []);

  bench.board.powerCycle();
  await heard.until("the warm-up", ({ all }) => all.some(({ raw, reason }) => raw === 43 && reason === "warming-up"));
  assert.ok(heard.all.some(({ reason }) => reason === "lost-config"));
  assert.equal(bench.board.uploading, false);
});

test("a port that is pulled out and put back is read again", async (t) => {
  const bench = await benchOf(t);
  const heard = begin(t, bench.path);
  await heard.until("a good reading", ({ all }) => all.some(isGood));
  await bench.unplug();
  await heard.until("the loss", ({ restarts }) => restarts.length > 0);
  assert.match(heard.restarts[0] ?? "", /^uart-1: \S+ went away/);
  const lost = heard.all.length;
  await bench.plug();
  await heard.until("a good reading again", ({ all }) => all.slice(lost).some(isGood));
});
