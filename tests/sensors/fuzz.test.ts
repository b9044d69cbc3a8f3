/**
 * Random replies, a million for each decoder and thousands for each driver on its own kind of wire: what comes out is a fault, or a number that its
 * quantity allows from a reply whose checksum holds. Half of the million have their checksums mended, so that what lies behind them is reached.
 */
import assert from "node:assert/strict";
import test from "node:test";
import { guard } from "../../edge-agent/bus/deadline.ts";
import type { BusPlan } from "../../edge-agent/bus/messages.ts";
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
const REPLIES = 5000;

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

/** A number stands alone only where its quantity allows it; where it does not, the pipeline that follows every driver calls it bad. */
function judge({ raw, reason, bound }: Measured, quantity: QuantityName, about: () => string): void {
  assert.ok(raw !== undefined || reason !== undefined, about());
  if (raw === undefined) return;
  assert.ok(Number.isFinite(raw), about());
  assert.ok(bound === undefined || bound === 0 || reason !== undefined, about());
  const { low, high } = quantityOf(quantity);
  if (raw >= low && raw <= high) return;
  const judged = new QualityRules(quantity).judge({ channel: 0, at_s: 0, raw, ...(reason !== undefined && { reason }) });
  assert.ok(typeof judged === "object" && judged.quality === "bad", about());
}

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
        if (n % 2 === 0 && lengths.includes(length)) mend(frame);
        try {
          for (const [output, measured] of Object.entries(decode(frame)))
            judge(
              measured,
              quantities[output] ?? assert.fail(output),
              () => `${output}: ${JSON.stringify(measured)} from ${Buffer.from(frame).toString("hex")}`,
            );
          assert.ok(lengths.includes(length) && holds(frame), `accepted ${Buffer.from(frame).toString("hex")}`);
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

/** A wire of any kind whose replies are, as often as `random` says, bytes that no chip sent. */
function mangled<Wire extends object>(wire: Wire, random: () => number, count: () => void): Wire {
  const mangle = (reply: unknown): unknown => {
    if (!(reply instanceof Uint8Array)) return reply;
    count();
    const kind = Math.floor(random() * 4);
    if (kind === 0) return reply;
    if (kind === 1) return Uint8Array.from(reply, () => random() * 256);
    if (kind === 2) return Uint8Array.from({ length: Math.floor(random() * 2 * reply.length) }, (_, index) => reply[index] ?? random() * 256);
    const at = Math.floor(random() * reply.length);
    return Uint8Array.from(reply, (byte, index) => (index === at ? byte ^ (1 << Math.floor(random() * 8)) : byte));
  };
  return new Proxy(wire, {
    get(target, key) {
      const method = Reflect.get(target, key);
      return typeof method === "function" ? async (...args: unknown[]) => mangle(await method.apply(target, args)) : method;
    },
  });
}

async function rounds<Kind extends WireKind>(
  kind: Kind,
  driver: string,
): Promise<{ readonly readings: Reading[]; readonly failure: unknown; readonly replies: number }> {
  const clock = new VirtualClock();
  const plan = planOf(driver);
  const bus: BusPlan = { bus: "bus-1", wire: { kind } as unknown as BusPlan["wire"], deadline_s: DEADLINE_s, simulated: true, faults: [], sensors: [plan] };
  const readings: Reading[] = [];
  let [replies, failure]: [number, unknown] = [0, undefined];
  const wire = mangled<Wires[Kind]>(
    wires[kind].guarded(
      simulatedWire(kind, bus, clock, () => {}),
      guard(DEADLINE_s, clock, () => {}),
    ),
    seeded(3),
    () => {
      replies++;
    },
  );
  keepRounds(entryOf(driver), plan, { bus: wire, clock, busName: "bus-1", emit: (more) => void readings.push(...more) }, new AbortController().signal).catch(
    (error) => {
      failure = error;
    },
  );
  for (let time = 0; replies < REPLIES && time < 400 && failure === undefined; time++) await clock.advance(100 * (time + 1));
  return { readings, failure, replies };
}

for (const [driver, { bus, outputs }] of Object.entries(catalogue)) {
  test(`${driver}: thousands of replies that no chip sent`, async () => {
    const { readings, failure, replies } = await rounds(bus, driver);
    assert.equal(failure, undefined);
    assert.ok(replies >= REPLIES / 10 && readings.length > 50, `${replies} replies, ${readings.length} readings`);
    const quantity = planOf(driver).channels.map(({ output }) => outputs[output]);
    for (const { channel, ...measured } of readings) {
      assert.doesNotMatch(measured.detail ?? "", /driver failed/);
      const measures = quantity[channel];
      if (typeof measures === "string") judge(measured, measures, () => `${driver} ${JSON.stringify(measured)}`);
      else assert.ok(measured.reason !== undefined || Number.isFinite(measured.raw), JSON.stringify(measured));
    }
  });
}
