import assert from "node:assert/strict";
import test from "node:test";
import { stringify } from "yaml";
import { readStation } from "../../edge-agent/config/read.ts";
import { isFault } from "../../edge-agent/core/faults.ts";
import { catalogue } from "../../edge-agent/sensors/catalogue.ts";
import { MultigasSim } from "../../edge-agent/sensors/multigas.sim.ts";
import { answerTo, checksum, decodeGas, decodeTemperature, holdsUpload, request } from "../../edge-agent/sensors/multigas.ts";
import { plansOf } from "../../edge-agent/sensors/open.ts";
import { seeded } from "../../edge-agent/sensors/world.sim.ts";
import { base } from "../config/base.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { bench, planOf } from "./bench.ts";
import { chip, stationOf } from "./station.ts";

const bytes = (text: string) => Uint8Array.from(Buffer.from(text.replaceAll(" ", ""), "hex"));
const still = (mean: number) => ({ mean, swing: 0, period_s: 1, noise: 0 });
const code = (wanted: string) => (error: unknown) => isFault(error) && error.code === wanted;

test("MultiGas: requests have the checksums of the maker's protocol page", () => {
  for (const [command, argument, sum] of [
    [0x86, 0, 0x79],
    [0x78, 3, 0x84],
    [0x78, 4, 0x83],
    [0x87, 0, 0x78],
    [0x88, 0, 0x77],
    [0x91, 0, 0x6e],
    [0x92, 1, 0x6c],
  ] as const)
    assert.deepEqual([...request(command, argument)], [0xff, 0x01, command, argument, 0, 0, 0, 0, sum]);
  assert.equal(checksum(bytes("01 89 01 00 C8 01 00")), 0xac);
  assert.equal(checksum(bytes("00 00")), 0, "a sum that ends in 00 needs no more, and not 256");
});

test("MultiGas: FF 86 00 2B 06 is 43 ppm H2, FF 86 00 0F 33 01 is 1.5 ppm HF, and O2 is in % by volume", () => {
  assert.deepEqual(decodeGas(answerTo(0x86, bytes("FF 86 00 2B 06 00 00 00 49")), "h2"), { value: 43, decimals: 0 });
  assert.deepEqual(decodeGas(answerTo(0x86, bytes("FF 86 00 0F 33 01 00 00 37")), "hf"), { value: 1.5, decimals: 1 });
  assert.deepEqual(decodeGas(bytes("00 D1 05 01 00 00"), "o2"), { value: 20.9, decimals: 1 });
  assert.deepEqual(decodeGas(bytes("03 E8 04 00 00 00"), "co"), { value: 1000, decimals: 0 });
  assert.equal([...answerTo(0x78, bytes("FF 78 01 00 00 00 00 00 87"))][0], 1);
});

test("MultiGas: half of the supply across the thermistor is 25 degC; a shorted and an open one are told", () => {
  assert.ok(Math.abs((decodeTemperature(bytes("02 00")).raw ?? 0) - 25) < 1e-9);
  const hot = decodeTemperature(bytes("00 80")); // 128 counts: 10 kohm / 7, 1/(1/298.15 - ln(7)/3380.13) = 359.929 K
  assert.ok(Math.abs((hot.raw ?? 0) - 86.779) < 1e-3, `${hot.raw}`);
  assert.equal(hot.reason, "operating-range");
  assert.deepEqual([decodeTemperature(bytes("00 00")).reason, decodeTemperature(bytes("03 FF")).reason], ["short-circuit", "open-circuit"]);
});

test("MultiGas: what is no answer is told apart", () => {
  const good = bytes("FF 86 00 2B 06 00 00 00 49");
  assert.throws(() => answerTo(0x86, good.subarray(0, 0)), code("bus/no-reply"));
  assert.throws(() => answerTo(0x86, good.subarray(0, 8)), code("sensor/malformed"));
  assert.throws(() => answerTo(0x86, Uint8Array.of(0x2b, ...good.subarray(0, 8))), code("sensor/malformed"));
  assert.throws(() => answerTo(0x86, bytes("FF 86 00 2B 06 00 00 01 49")), code("sensor/checksum"));
  assert.throws(() => answerTo(0x86, bytes("FF 87 02 00 00 00 00 00 77")), code("sensor/not-ready"));
  assert.throws(() => decodeGas(bytes("00 2B 04 00 00 00"), "h2"), /the probe is for CO; the station file says h2/);
  assert.throws(() => decodeGas(bytes("00 2B 99 00 00 00"), "h2"), /the unknown gas 0x99/);
  assert.throws(() => decodeGas(bytes("00 2B 06 03 00 00"), "h2"), code("sensor/malformed"));
});

test("MultiGas: an upload is known by either checksum, wherever it stands, and gives no number", () => {
  const six = bytes("FF 88 00 2B 06 00 02 05 45");
  const seven = bytes("FF 88 00 2B 06 00 02 05 40");
  for (const upload of [six, seven]) {
    assert.throws(() => answerTo(0x86, upload), code("sensor/lost-config"));
    assert.ok(holdsUpload(Uint8Array.of(7, 0xff, 0x88, ...upload, 1)));
    assert.ok(!holdsUpload(upload.subarray(0, 8)));
  }
  assert.throws(() => answerTo(0x86, bytes("FF 88 00 2B 06 00 02 05 41")), code("sensor/checksum"));
});

test("MultiGas: of 100 000 random replies each is a fault or decodes within the fixed point's range", () => {
  const random = seeded(1);
  let decoded = 0;
  for (let run = 0; run < 100_000; run++) {
    const reply = Uint8Array.from({ length: run % 5 ? 9 : Math.floor(random() * 12) }, () => Math.floor(random() * 256));
    if (run % 2 && reply.length === 9) {
      reply.set([0xff, run % 4 === 1 ? 0x86 : 0x87], 0);
      if (run % 3) reply.set([0x06, Math.floor(random() * 4)], 4);
      reply[8] = checksum(reply.subarray(1, 8));
    }
    try {
      if (reply[1] === 0x87) {
        const { raw, reason } = decodeTemperature(answerTo(0x87, reply));
        assert.ok(raw === undefined ? reason?.endsWith("-circuit") : Number.isFinite(raw));
      } else assert.ok(decodeGas(answerTo(0x86, reply), "h2").value <= 65_535);
      decoded++;
    } catch (error) {
      assert.ok(isFault(error), String(error));
    }
  }
  assert.ok(decoded > 10_000, `${decoded}`);
});

/** Runs a board with channel 0 on the gas and 1 on the temperature; `later` is done at 20 s. */
async function withBoard(gas: string, set: (board: MultigasSim) => void, until_s = 60, later: (board: MultigasSim) => void = () => {}) {
  let made: MultigasSim | undefined;
  const run = bench(planOf("multigas", 1, { gas }), [], (clock) => {
    made = new MultigasSim(clock, 3, gas);
    made.world.temperature_degC = still(30);
    set(made);
    return made;
  });
  await run.clock.advance(20);
  const board = made as MultigasSim;
  later(board);
  await run.clock.advance(until_s);
  const of = (channel: number) => run.readings.filter((reading) => reading.channel === channel);
  return { gas: of(0), temperature: of(1), board };
}

test("MultiGas: what the world is comes through for every probe, in its quantity's unit, without the maker's compensation", async () => {
  for (const [gas, value] of [
    ["h2", 640],
    ["hf", 4.2],
    ["co", 77],
    ["o2", 20.9],
  ] as const) {
    const { gas: found, temperature } = await withBoard(gas, (board) => Object.assign(board.world, { gas: still(value) }));
    assert.ok(found.length > 50 && found.every(({ raw, reason }) => raw === value && reason === undefined), gas);
    assert.ok(temperature.every(({ raw = 0, reason }) => Math.abs(raw - 30) < 0.1 && reason === undefined));
  }
});

test("MultiGas: at and beyond the end of the range the gas is at least that", async () => {
  for (const [gas, value, top] of [
    ["h2", 1000, 1000],
    ["h2", 1240, 1000],
    ["hf", 12.3, 10],
    ["o2", 30, 25],
  ] as const) {
    const { gas: found } = await withBoard(gas, (board) => Object.assign(board.world, { gas: still(value) }));
    assert.deepEqual({ ...found.at(-1), at_s: 0, detail: "" }, { channel: 0, at_s: 0, raw: top, bound: 1, reason: "saturated", detail: "" });
  }
});

test("MultiGas: a board too hot for its maker puts its gas in doubt too", async () => {
  const { gas, temperature } = await withBoard("h2", (board) => Object.assign(board.world, { temperature_degC: still(60) }));
  for (const { raw, reason } of [...gas, ...temperature]) assert.ok(raw !== undefined && reason === "operating-range");
});

test("MultiGas: another probe, at the start or later, is named and gives no number", async () => {
  const atStart = await withBoard("h2", (board) => Object.assign(board, { id: 0x33 }));
  const later = await withBoard(
    "h2",
    () => {},
    60,
    (board) => Object.assign(board, { id: 0x04 }),
  );
  assert.ok(atStart.gas.every(({ raw, reason }) => raw === undefined && reason === "wrong-device"));
  assert.match(atStart.gas[0]?.detail ?? "", /the probe is for HF; the station file says h2/);
  const after = later.gas.filter(({ at_s }) => at_s > 21);
  assert.ok(after.length > 15 && after.every(({ raw, reason }) => raw === undefined && reason === "wrong-device"));
});

test("MultiGas: decimals that change while it is open are another unit, and no reading", async () => {
  const { gas } = await withBoard(
    "hf",
    () => {},
    22.5,
    (board) => Object.assign(board, { decimals: 0 }),
  );
  const after = gas.filter(({ at_s }) => at_s > 20.5);
  assert.ok(after.length >= 1 && after.every(({ raw, reason }) => raw === undefined && reason === "wrong-device"));
});

test("MultiGas: a board that uploads is told to answer when asked, and its gas is warming up for five minutes, saturated or not", async () => {
  const { gas, temperature, board } = await withBoard(
    "h2",
    (made) => Object.assign(made, { uploading: true, world: { ...made.world, gas: still(2000) } }),
    400,
  );
  assert.equal(board.uploading, false);
  const early = gas.filter(({ at_s }) => at_s < 299);
  assert.ok(early.length > 280 && early.every(({ raw, bound, reason }) => raw === 1000 && bound === undefined && reason === "warming-up"));
  assert.equal(gas.at(-1)?.reason, "saturated");
  assert.ok(temperature.every(({ reason }) => reason === undefined));
});

test("MultiGas: a power cycle begins the warm-up anew, and being opened again after failed reads does not end it", async () => {
  const { gas } = await withBoard(
    "h2",
    () => {},
    60,
    (board) => {
      board.powerCycle();
      board.id = 0x33; // a probe that is put right again after the board was given up
      fromOn(board, 30, () => Object.assign(board, { id: 0x06 }));
    },
  );
  const last = gas.at(-1);
  assert.deepEqual([last?.raw !== undefined, last?.reason], [true, "warming-up"]);
});

/** By the board's own clock: the change is there at the first request after `at_s`. */
function fromOn(board: MultigasSim, at_s: number, change: () => void): void {
  const write = board.write.bind(board);
  const { clock } = board as unknown as { readonly clock: VirtualClock };
  board.write = (sent) => {
    if (clock.monotonic_s() >= at_s) change();
    return write(sent);
  };
}

test("MultiGas: a board that was silent until it was given up is warming up; one that missed a single beat is not", async () => {
  for (const [missed, reason] of [
    [1, undefined],
    [4, "warming-up"],
  ] as const) {
    let left = 0;
    const { gas } = await withBoard(
      "h2",
      (board) => {
        const write = board.write.bind(board);
        board.write = (sent) => (left-- > 0 ? false : write(sent));
      },
      60,
      () => {
        left = missed;
      },
    );
    assert.equal(gas.filter(({ reason: why }) => why === "no-reply").length, missed);
    assert.equal(gas.at(-1)?.reason, reason);
  }
});

test("MultiGas: a board that refuses to be asked is refused", async () => {
  const { gas } = await withBoard("h2", (board) => Object.defineProperty(board, "uploading", { get: () => true, set: () => {} }));
  assert.ok(gas.length > 0 && gas.every(({ raw, reason }) => raw === undefined && reason === "lost-config"));
});

test("MultiGas: the station says which probe is fitted, and only that gas is there", () => {
  const options = { simulated: true, faults: [], clock: new VirtualClock(), origin_s: 0 };
  const plans = (gas: unknown) => plansOf(stationOf([chip("g", "hf", "multigas", "i2c-1", 0x74, { gas })]), options);
  assert.equal(plans("hf")[0]?.sensors[0]?.channels[0]?.output, "hf");
  assert.throws(() => plans("h2"), /multigas gives h2, temperature, no hf/);
  assert.throws(() => plans(undefined), /gas: missing; write one of h2, hf, co, o2/);

  const checked = (...gases: readonly string[]) => {
    const channels = ["h2", "temperature"].map((quantity, index) => ({
      ...{ id: `P1.${quantity}`, quantity, at: { pack: "P1" }, essential: true, t90: "120 s" },
      source: { driver: "multigas", bus: "i2c-1", address: 0x74, gas: gases[index] },
    }));
    const read = readStation(stringify({ ...base(), channels, limits: [] }), { chips: catalogue, today: "2026-11-22" });
    return read.ok ? [] : read.errors.map(({ message }) => message);
  };
  assert.deepEqual(checked("h2", "h2"), []);
  assert.match(checked("hf", "hf")[0] ?? "", /multigas does not measure h2; it gives hf, temperature/);
  assert.match(checked("h2", "co")[0] ?? "", /has other options on line \d+; a chip has one setting/);
});
