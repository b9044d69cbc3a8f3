/**
 * Random replies, a million for each decoder and thousands for each driver on its own kind of wire: what comes out is a fault, or a number that its
 * quantity allows from a reply whose checksum holds. Half of the million have their checksums mended, so that what lies behind them is reached,
 * and a quarter of these then lose a bit.
 * Which number it is shows where the world stands still: from a reply that is too short or too long, another one was never measured.
 */
import assert from "node:assert/strict";
import test from "node:test";
import { guard } from "../../edge-agent/bus/deadline.ts";
import type { BusPlan } from "../../edge-agent/bus/messages.ts";
import type { BusFault } from "../../edge-agent/bus/simulated-bus.ts";
import type { Answer } from "../../edge-agent/bus/uart.ts";
import type { WireKind, Wires } from "../../edge-agent/bus/wire.ts";
import { isFault } from "../../edge-agent/core/faults.ts";
import { type QuantityName, quantityOf } from "../../edge-agent/core/quantities.ts";
import type { Reading } from "../../edge-agent/core/sample.ts";
import { QualityRules } from "../../edge-agent/pipeline/quality.ts";
import { catalogue } from "../../edge-agent/sensors/catalogue.ts";
import type { Measured } from "../../edge-agent/sensors/driver.ts";
import { keepRounds } from "../../edge-agent/sensors/rounds.ts";
import { simulatedWire } from "../../edge-agent/sensors/simulated.ts";
import { wires } from "../../edge-agent/sensors/wires.ts";
import { seeded } from "../../edge-agent/sensors/world.sim.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { DEADLINE_s, entryOf, planOf } from "./bench.ts";
import { decoders } from "./decoders.ts";

const FRAMES = 1_000_000;
const REPLIES = 2000;
/** Of hundreds of looks but one is a proof. */
const repliesOf = (driver: string): number => (driver === "ads1115-burst" ? 20_000 : REPLIES);
/** When the world stands still, and how much later the last number of before is given. */
const STILL_s = 1;
const SETTLED_s = 10;

/** Fills with 32 bits at a time (xorshift32): drawing a million frames byte by byte takes longer than decoding them. */
function randomBytes(seed: number): (frame: Uint8Array) => void {
  let state = seed;
  return (frame) => {
    for (let at = 0; at < frame.length; at++) {
      if (at % 4 === 0) {
        state ^= state << 13;
        state ^= state >>> 17;
        state ^= state << 5;
      }
      frame[at] = state >>> (8 * (at % 4));
    }
  };
}

/** What follows each driver; one for each quantity, since a million of them take longer than the decoding. */
const pipelines = new Map<QuantityName, QualityRules>();
let judged_s = 0;

/** A number stands alone only where its quantity allows it; where it does not, the pipeline that follows every driver calls it bad. */
function isAllowed({ raw, reason, bound }: Measured, quantity: QuantityName): boolean {
  if (raw === undefined) return reason !== undefined;
  if (!Number.isFinite(raw) || (bound !== undefined && bound !== 0 && reason === undefined)) return false;
  const { low, high } = quantityOf(quantity);
  if (raw >= low && raw <= high) return true;
  const pipeline = pipelines.get(quantity) ?? new QualityRules(quantity);
  pipelines.set(quantity, pipeline);
  const judged = pipeline.judge({ channel: 0, at_s: ++judged_s, raw, ...(reason !== undefined && { reason }) });
  return typeof judged === "object" && judged.quality === "bad";
}

const hexOf = (frame: Uint8Array): string => Buffer.from(frame).toString("hex");

for (const { name, lengths, decode, mend, holds, quantities } of decoders) {
  test(`${name}: a million random frames`, () => {
    const fill = randomBytes(11);
    const longest = new Uint8Array(40);
    const deepest = Error.stackTraceLimit;
    Error.stackTraceLimit = 0; // a million stacks take longer than the decoding
    let accepted = 0;
    try {
      for (let n = 0; n < FRAMES; n++) {
        const length = n % 16 === 15 ? (n >> 4) % 40 : (lengths[n % lengths.length] ?? 0);
        const frame = longest.subarray(0, length);
        fill(frame);
        if (n % 2 === 0 && lengths.includes(length)) {
          mend(frame);
          const at = n % length;
          if (n % 8 === 0) frame[at] = (frame[at] ?? 0) ^ (1 << ((n >> 3) % 8));
        }
        try {
          const measured = decode(frame);
          for (const output in measured) {
            const [value, quantity] = [measured[output] ?? {}, quantities[output] ?? assert.fail(output)];
            if (!isAllowed(value, quantity)) assert.fail(`${output}: ${JSON.stringify(value)} from ${hexOf(frame)}`);
          }
          if (!lengths.includes(length) || !holds(frame)) assert.fail(`accepted ${hexOf(frame)}`);
          accepted++;
        } catch (error) {
          if (!isFault(error)) throw error;
        }
      }
    } finally {
      Error.stackTraceLimit = deepest;
    }
    assert.ok(accepted > 1000, `only ${accepted} frames came through: what lies behind the checks was not reached`);
  });
}

/** Of 64 replies in a row, how many no chip sent: few drivers would ever get as far as a number if it were always most of them. */
const SHARES = [0, 1 / 32, 0, 1 / 8, 0, 3 / 4];

type Wrong = (reply: Uint8Array, random: () => number) => Uint8Array;
/** Cut, or with bytes behind it. */
const ofAnyLength: Wrong = (reply, random) => Uint8Array.from({ length: Math.floor(random() * 2 * reply.length) }, (_, at) => reply[at] ?? random() * 256);
const ofAnyKind: Wrong = (reply, random) => {
  const kind = Math.floor(random() * 3);
  if (kind === 0) return Uint8Array.from(reply, () => random() * 256);
  if (kind === 1) return ofAnyLength(reply, random);
  const flipped = Math.floor(random() * reply.length);
  return Uint8Array.from(reply, (byte, at) => (at === flipped ? byte ^ (1 << Math.floor(random() * 8)) : byte));
};

/** A wire of any kind of whose replies some are wrong. */
function mangled<Wire extends object>(wire: Wire, wrong: Wrong, random: () => number, count: () => number): Wire {
  const mangle = (reply: Uint8Array): Uint8Array => {
    const share = SHARES[Math.floor(count() / 64) % SHARES.length] ?? 0;
    return random() < share ? wrong(reply, random) : reply;
  };
  /** A port's answer comes with what was there before: here now and then a late one, or what is left of it. */
  const mangledAnswer = ({ before, reply }: Answer): Answer => {
    const after = mangle(reply);
    return { before: after === reply ? before : Uint8Array.of(...before, ...mangle(reply)), reply: after };
  };
  return new Proxy(wire, {
    get(target, key) {
      const method = Reflect.get(target, key);
      if (typeof method !== "function") return method;
      return async (...args: unknown[]) => {
        const reply: unknown = await method.apply(target, args);
        if (reply instanceof Uint8Array) return mangle(reply);
        return isAnswer(reply) ? mangledAnswer(reply) : reply;
      };
    },
  });
}

const isAnswer = (reply: unknown): reply is Answer => typeof reply === "object" && reply !== null && "before" in reply && "reply" in reply;

async function rounds<Kind extends WireKind>(
  kind: Kind,
  driver: string,
  wrong: Wrong,
  faults: readonly Omit<BusFault, "address">[] = [],
): Promise<{ readonly readings: Reading[]; readonly failure: unknown; readonly replies: number }> {
  const clock = new VirtualClock();
  const plan = planOf(driver);
  const wireOf = { kind } as BusPlan["wire"];
  const here = faults.map((fault) => ({ ...fault, address: plan.address }));
  const bus: BusPlan = { bus: "bus-1", wire: wireOf, deadline_s: DEADLINE_s, simulated: true, faults: here, sensors: [plan] };
  const readings: Reading[] = [];
  let [replies, failure]: [number, unknown] = [0, undefined];
  const wire = mangled<Wires[Kind]>(
    wires[kind].guarded(
      simulatedWire(kind, bus, clock, () => {}),
      guard(DEADLINE_s, clock, () => {}),
    ),
    wrong,
    seeded(3),
    () => replies++,
  );
  const context = { bus: wire, clock, busName: "bus-1", emit: (more: readonly Reading[]) => void readings.push(...more) };
  keepRounds(entryOf(driver), plan, context, new AbortController().signal).catch((error) => {
    failure = error;
  });
  for (let until_s = 10; replies < repliesOf(driver) && until_s < 40_000 && failure === undefined; until_s += 10) await clock.advance(until_s);
  return { readings, failure, replies };
}

/** A chip that is reset whenever it is opened converts once more then. Half a reply would be further off. */
const moves: Readonly<Record<string, number>> = { nau7802: 6 };

/** What a scaled output stands for in `planOf`, by driver. */
const scaledTo: Readonly<Record<string, QuantityName>> = { midas: "hf", modbus: "temperature", nau7802: "force" };

for (const [driver, { bus, outputs }] of Object.entries(catalogue)) {
  test(`${driver}: thousands of replies, of which no chip sent some`, async () => {
    const { readings, failure, replies } = await rounds(bus, driver, ofAnyKind);
    assert.equal(failure, undefined);
    assert.ok(replies >= repliesOf(driver), `${replies} replies`);
    const channels = planOf(driver).channels.map(({ output }) => outputs[output]);
    for (const { channel, ...measured } of readings) {
      assert.doesNotMatch(measured.detail ?? "", /driver failed|the driver gave/);
      const measures = channels[channel];
      const quantity = typeof measures === "string" ? measures : (scaledTo[driver] ?? "pressure");
      if (!isAllowed(measured, quantity)) assert.fail(`${driver} ${JSON.stringify(measured)}`);
    }
    const numbers = readings.filter(({ raw }) => raw !== undefined).length;
    assert.ok(numbers > 20 && readings.length - numbers > 20, `${readings.length} readings, ${numbers} of them numbers`);
  });

  test(`${driver}: in a world that stands still no reply of another length is another number`, async () => {
    const { readings, failure, replies } = await rounds(bus, driver, ofAnyLength, [{ fault: "frozen", at_s: STILL_s }]);
    assert.equal(failure, undefined);
    assert.ok(replies >= repliesOf(driver), `${replies} replies`);
    for (const { channel, output } of planOf(driver).channels) {
      const still = readings.filter((reading) => reading.channel === channel && reading.at_s > STILL_s + SETTLED_s && reading.raw !== undefined);
      const numbers = still.flatMap(({ raw }) => raw ?? []);
      const span = Math.max(...numbers) - Math.min(...numbers);
      assert.ok(
        numbers.length > 20 && span <= (moves[driver] ?? 0),
        `${output}: ${[...new Set(numbers)].slice(0, 9).join(", ")} among ${numbers.length} numbers`,
      );
    }
  });
}
