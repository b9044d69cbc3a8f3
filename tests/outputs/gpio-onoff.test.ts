/** What is asked of `onoff` for an input, with a class in its place that calls back as it does: it reads first, and what it reads may be gone. */
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { type LoadOnoff, onoffLines } from "../../edge-agent/outputs/gpio-onoff.ts";
import { tempFolder } from "../support/temp.ts";

const pins: Pin[] = [];

class Pin {
  level: 0 | 1 = 0;
  gone = false;
  edgeless = false;
  dir = "in";
  inverted = false;
  edge = "none";
  exported = true;
  readonly asked: readonly unknown[];
  #listeners: (() => void)[] = [];

  constructor(...asked: unknown[]) {
    this.asked = asked;
    Object.assign(this, next);
    pins.push(this);
  }
  direction() {
    return this.dir;
  }
  activeLow() {
    return this.inverted;
  }
  readSync() {
    if (this.gone) throw new Error("ENODEV, read");
    return this.level;
  }
  setEdge(edge: string) {
    if (this.edgeless) throw new Error("EIO, write");
    this.edge = edge;
  }
  watch(then: () => void) {
    this.#listeners.push(then);
  }
  unwatchAll() {
    this.#listeners = [];
  }
  unexport() {
    this.exported = false;
  }
  /** As onoff's own handler: it reads, then tells everyone who watches. */
  interrupt() {
    if (this.#listeners.length === 0) return;
    this.readSync();
    for (const listener of this.#listeners.slice()) listener();
  }
}

let next: Partial<Pin> = {};

async function input(t: TestContext, more: Partial<Pin> = {}) {
  next = more;
  const sysfs = tempFolder(t);
  mkdirSync(join(sysfs, "gpiochip512"));
  for (const [file, text] of Object.entries({ label: "pinctrl-bcm2835", base: "512", ngpio: "54" })) writeFileSync(join(sysfs, "gpiochip512", file), text);
  const load = (async () => ({ Gpio: Pin })) as unknown as LoadOnoff;
  const line = await onoffLines(sysfs, load).openInput({ chip: "pinctrl-bcm2835", line: 5, active: "low" });
  const pin = pins.at(-1);
  assert.ok(pin);
  return { line, pin };
}

test("an input is opened as what the pin is, and what it means is left to the station", async (t) => {
  const { line, pin } = await input(t);
  assert.deepEqual(pin.asked, [517, "in", "none", { activeLow: false }]);
  assert.equal(pin.edge, "both");
  assert.equal(line.isHigh(), false);
  pin.level = 1;
  assert.equal(line.isHigh(), true);
  line.close();
  assert.equal(pin.exported, false);
});

test("an edge is told once, and again when it is asked for again", async (t) => {
  const { line, pin } = await input(t);
  let edges = 0;
  line.nextEdge?.(() => edges++);
  pin.interrupt();
  pin.interrupt();
  assert.equal(edges, 1);
  line.nextEdge?.(() => edges++);
  pin.interrupt();
  assert.equal(edges, 2);
});

test("a line that goes away throws to whoever reads it, not from onoff's own call-back", async (t) => {
  const { line, pin } = await input(t);
  let edges = 0;
  line.nextEdge?.(() => edges++);
  pin.gone = true;
  pin.interrupt();
  assert.equal(edges, 1);
  assert.throws(() => line.isHigh(), /ENODEV/);
});

test("without interrupts there are no edges, and the line is read all the same", async (t) => {
  const { line } = await input(t, { edgeless: true });
  assert.deepEqual([line.nextEdge, line.isHigh()], [undefined, false]);
});

test("a line that stays an output or inverted is refused", async (t) => {
  await assert.rejects(input(t, { dir: "out" }), { code: "output/unavailable", message: /line 5 \(sysfs gpio517\) is an output and cannot be made an input/ });
  await assert.rejects(input(t, { inverted: true }), { message: /is inverted \(active_low\)/ });
});
