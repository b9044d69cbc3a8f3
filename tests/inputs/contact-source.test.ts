/** A contact on a line that a test switches, breaks and lets chatter, on a clock that stands until it is told to go on. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { SourceListener } from "../../edge-agent/bus/source.ts";
import type { Reading } from "../../edge-agent/core/sample.ts";
import { ContactSource } from "../../edge-agent/inputs/contact-source.ts";
import { openContacts } from "../../edge-agent/inputs/open.ts";
import { chardevLines } from "../../edge-agent/outputs/gpio-chardev.ts";
import type { InputBackend } from "../../edge-agent/outputs/line.ts";
import { kernel } from "../outputs/gpio-kernel.ts";
import { station } from "../support/station.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

const wired = { driver: "gpio" as const, chip: "pinctrl-bcm2835", line: 5, active: "high" as const };

/** Lines as a test has them: the level, what is wrong, and whoever waits for an edge. */
class Wiring implements InputBackend {
  high = false;
  trouble: string | undefined;
  shut = false;
  opened = 0;
  closed = 0;
  /** Edges that were told, and those for which nobody waited. */
  heard = 0;
  missed = 0;
  readonly edges: boolean;
  #then: (() => void) | undefined;

  constructor(edges = true) {
    this.edges = edges;
  }
  async openInput() {
    if (this.shut) throw new Error("line 5 cannot be opened (EBUSY); free it");
    this.opened++;
    const nextEdge = (then: () => void) => {
      this.#then = then;
    };
    return {
      isHigh: () => {
        if (this.trouble !== undefined) throw new Error(this.trouble);
        return this.high;
      },
      ...(this.edges && { nextEdge }),
      close: () => {
        this.closed++;
        this.#then = undefined;
      },
    };
  }
  set(high: boolean) {
    if (this.high === high) return;
    this.high = high;
    const then = this.#then;
    this.#then = undefined;
    if (then === undefined) this.missed++;
    else this.heard++;
    then?.();
  }
}

function rig(
  t: TestContext,
  { backend, source = wired, every_s = 1 }: { backend: InputBackend; source?: Parameters<InputBackend["openInput"]>[0] & typeof wired; every_s?: number },
) {
  const clock = new VirtualClock();
  const readings: Reading[] = [];
  const listener = { readings: (some: readonly Reading[]) => readings.push(...some) } as unknown as SourceListener;
  const contacts = new ContactSource({ contacts: [{ channel: 3, every_s, source }], backend, clock, origin_s: 0 });
  t.after(() => contacts.stop());
  contacts.start(listener);
  const told = () => readings.splice(0).map(({ at_s, raw, reason }) => `${Number(at_s.toFixed(3))} ${raw ?? reason}`);
  return { clock, contacts, readings, told };
}

test("closed is 1 and open is 0, at each beat", async (t) => {
  const backend = new Wiring();
  const { clock, told, contacts } = rig(t, { backend });
  await clock.advance(2.5);
  assert.deepEqual(told(), ["0 0", "1 0", "2 0"]);
  backend.high = true;
  await clock.advance(3);
  assert.deepEqual(told(), ["3 1"]);
  assert.deepEqual(contacts.counters(), [{ bus: "gpio", reads: 4, read_faults: 0, bus_restarts: 0 }]);
});

test("a contact that closes to ground is closed while the pin is low", async (t) => {
  const backend = new Wiring();
  const { clock, told } = rig(t, { backend, source: { ...wired, active: "low" as never } });
  await clock.advance(0.5);
  assert.deepEqual(told(), ["0 1"]);
});

test("an edge is told 50 ms later, when it has settled, and the beat goes on as it was", async (t) => {
  const backend = new Wiring();
  const { clock, told } = rig(t, { backend });
  await clock.advance(0.3);
  backend.set(true);
  await clock.advance(0.301);
  backend.set(false); // it bounces
  backend.set(true);
  await clock.advance(2);
  assert.deepEqual(told(), ["0 0", "0.35 1", "1 1", "2 1"]);
});

test("a contact that chatters for ever gives twenty readings a second, and its listener hears no more", async (t) => {
  const backend = new Wiring();
  const { clock, told } = rig(t, { backend, every_s: 10 });
  await clock.advance(0);
  for (let step = 1; step <= 1000; step++) {
    backend.set(step % 2 === 1);
    await clock.advance(step / 1000);
  }
  assert.ok(told().length <= 21, "one a 50 ms");
  assert.ok(backend.heard <= 21 && backend.missed > 900, `${backend.heard} edges heard, ${backend.missed} not`);
});

test("where a line tells no edges, its beats are enough", async (t) => {
  const backend = new Wiring(false);
  const { clock, told } = rig(t, { backend });
  await clock.advance(0.3);
  backend.set(true);
  await clock.advance(1);
  assert.deepEqual(told(), ["0 0", "1 1"]);
});

test("a line that cannot be read is a bad reading with its reason, never a level, and is opened again", async (t) => {
  const backend = new Wiring();
  backend.high = true;
  const { clock, told, readings, contacts } = rig(t, { backend });
  await clock.advance(0.5);
  backend.trouble = "ENODEV, read";
  await clock.advance(1);
  assert.deepEqual(readings.at(-1), { channel: 3, at_s: 1, reason: "no-reply", detail: "pinctrl-bcm2835 line 5 cannot be read: ENODEV, read" });
  backend.trouble = undefined;
  await clock.advance(2);
  assert.deepEqual(told(), ["0 1", "1 no-reply", "2 1"]);
  assert.deepEqual([backend.opened, backend.closed], [2, 1]);
  assert.deepEqual(contacts.counters(), [{ bus: "gpio", reads: 2, read_faults: 1, bus_restarts: 1 }]);
});

test("a line that cannot be opened says why at each beat, and is tried again half a minute later", async (t) => {
  const backend = new Wiring();
  backend.shut = true;
  const { clock, told, readings } = rig(t, { backend, every_s: 10 });
  await clock.advance(15);
  assert.equal(readings[0]?.detail, "line 5 cannot be opened (EBUSY); free it");
  assert.deepEqual(told(), ["0 no-reply", "10 no-reply"]);
  backend.shut = false;
  await clock.advance(40);
  assert.deepEqual(told(), ["20 no-reply", "30 0", "40 0"]);
});

test("stopped, it lets the line go and says nothing more", async (t) => {
  const backend = new Wiring();
  const { clock, told, contacts } = rig(t, { backend });
  await clock.advance(0.5);
  contacts.stop();
  await clock.advance(10);
  assert.deepEqual([told(), backend.closed], [["0 0"], 1]);
});

test("through the character device: read at each beat, refused with the holder's name", async (t) => {
  const under = kernel(t);
  const backend = chardevLines(under.devices, async () => under.ioctl);
  under.pin(5).level = true;
  const { clock, told, contacts } = rig(t, { backend });
  await clock.advance(0.5);
  assert.deepEqual([under.pin(5).flags, under.pin(5).consumer], [5n, "offgas"]);
  under.pin(5).level = false;
  await clock.advance(1);
  assert.deepEqual(told(), ["0 1", "1 0"]);
  contacts.stop();

  Object.assign(under.pin(6), { flags: 5n, consumer: "gpiomon" });
  const held = rig(t, { backend, source: { ...wired, line: 6 } });
  await held.clock.advance(0.5);
  assert.match(held.readings[0]?.detail ?? "", /line 6 .*; "gpiomon" holds the line/);
});

test("simulated, every contact of a station is closed", async () => {
  const input = (active: "high" | "low") => ({ id: active, quantity: "contact" as const, at: { station: true as const }, source: { ...wired, active } });
  const clock = new VirtualClock();
  const [source] = openContacts(station({ channels: [input("high"), input("low")] }), { simulated: true, clock, origin_s: 0 });
  const raws: unknown[] = [];
  source?.start({ readings: (some: readonly Reading[]) => raws.push(...some.map(({ raw }) => raw)) } as unknown as SourceListener);
  await clock.advance(0.5);
  source?.stop();
  assert.deepEqual(raws, [1, 1]);
  assert.deepEqual(openContacts(station(), { simulated: true, clock, origin_s: 0 }), [], "no source where there is no contact");
});
