/** What keeps the heartbeat going: channels that could show danger, and no others. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { Agent } from "../../edge-agent/agent/agent.ts";
import type { StationInput } from "../../edge-agent/contracts/station.ts";
import { openOutputs } from "../../edge-agent/outputs/outputs.ts";
import { Stamper } from "../../edge-agent/pipeline/stamper.ts";
import { bench } from "../outputs/line.ts";
import { station } from "../support/station.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

type ChannelInput = StationInput["channels"][number];
const table = (unit: string) => ({ driver: "csv-tail" as const, file: "ch7.csv", column: "x", unit });
const chip = { driver: "mcp9601", bus: "i2c-1", address: 0x67 };
const channel = (id: string, more: Partial<ChannelInput>): ChannelInput => ({ id, quantity: "temperature", at: { cell: "C1" }, source: chip, ...more });

const thermometer = channel("t", {});
const gas = channel("h2", { quantity: "h2" });
const voltage = channel("V", { quantity: "voltage", source: table("V") });
const current = channel("I", { quantity: "current", source: table("A") });
const power = channel("P", { quantity: "power", source: table("W") });
const wish = channel("wish", { place: "set-point", source: table("degC") });
const board = channel("board", { role: "context" });
const mains = channel("mains", { quantity: "contact", contact: "mains", source: { driver: "gpio" as const, chip: "x", line: 1 } });
const vent = channel("vent", { quantity: "pressure", every: "event" });
const essential = (one: ChannelInput): ChannelInput => ({ ...one, essential: true });
const usual = [thermometer, gas, voltage, current, power, wish, board, mains, vent];

const values: Readonly<Record<string, number>> = { temperature: 25, h2: 0, voltage: 3.6, current: 1, power: 3.6, contact: 1, pressure: 101.3 };

/** How often the heartbeat's level changed in half a minute in which each second the channel that `alive` names is read, and no other. */
async function beats(t: TestContext, channels: readonly ChannelInput[], alive: (at_s: number) => string): Promise<number> {
  t.mock.timers.enable({ apis: ["setInterval"] });
  const made = station({ channels: [...channels], outputs: [{ id: "beat", kind: "simulated", role: "heartbeat", period: "1 s" }] });
  const clock = new VirtualClock();
  const { backends, line } = bench();
  const { outputs } = await openOutputs(made, backends, 0);
  const stamper = new Stamper({ clock, at_s: 0 });
  const live = { sources: [], outputs, store: undefined, stamper, clock, origin_s: 0, start_s: 0, recorded: true, told: () => {}, ended: () => {} };
  const agent = new Agent({ station: made, ...live });
  agent.start();
  const before = line("beat").writes.length;
  for (let at_s = 1; at_s <= 30; at_s++) {
    await clock.advance(at_s);
    const index = made.channels.findIndex(({ id }) => id === alive(at_s));
    agent.readings([{ channel: index, at_s, raw: (values[made.channels[index]?.quantity ?? ""] ?? 0) + at_s / 1e4 }]);
    t.mock.timers.tick(1000);
  }
  agent.stop();
  return line("beat").writes.length - before;
}

const cases: [name: string, channels: readonly ChannelInput[], alive: string, turns: boolean][] = [
  ["a thermometer", usual, "t", true],
  ["a gas sensor", usual, "h2", true],
  ["a cycler's voltage", usual, "V", false],
  ["a cycler's current", usual, "I", false],
  ["a cycler's power", usual, "P", false],
  ["a set-point", usual, "wish", false],
  ["a channel of context", usual, "board", false],
  ["a switch", usual, "mains", false],
  ["a channel of events", usual, "vent", false],
  ["an essential thermometer", [essential(thermometer), gas, voltage], "t", true],
  ["a gas sensor beside an essential thermometer", [essential(thermometer), gas, voltage], "h2", false],
  ["an essential voltage beside an essential thermometer", [essential(thermometer), essential(voltage)], "V", false],
  ["a voltage that alone is essential", [thermometer, essential(voltage)], "V", true],
  ["an essential switch", [thermometer, essential(mains)], "mains", false],
  ["a thermometer beside an essential switch", [thermometer, essential(mains)], "t", true],
];
for (const [name, channels, alive, turns] of cases)
  test(`the heartbeat ${turns ? "turns" : "stands still"} while nothing is read but ${name}`, async (t) => {
    assert.equal(await beats(t, channels, () => alive), turns ? 30 : 0);
  });

test("it stands still ten seconds after the last channel that watches fell silent, whatever else goes on", async (t) => {
  assert.equal(await beats(t, [thermometer, voltage], (at_s) => (at_s <= 5 ? "t" : "V")), 14);
});
