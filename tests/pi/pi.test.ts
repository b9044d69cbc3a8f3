// needs: cpio g++-aarch64-linux-gnu
/**
 * The agent on an emulated Raspberry Pi 3B: unmodified `onoff` and `i2c-bus` on Debian's kernel and the chip's own drivers; the host looks at the
 * registers and warms the sensor. Not here: Raspberry Pi OS, electronics, edges (QEMU's Pi has none, see edges.test.ts).
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { boot, type Machine } from "./machine.ts";

const GPIO = 0x3f20_0000; // BCM2835 ARM Peripherals, section 6.1, at the Pi 3's address
const GPFSEL0 = GPIO; // three bits a line, ten lines a register: 1 is an output
const GPLEV0 = GPIO + 0x34;
const OUTPUT = 1;

const [CYCLER, HEATER, HEARTBEAT, UNUSED] = [17, 27, 22, 18];

const levelOf = async (pi: Machine, line: number) => ((await pi.register(GPLEV0)) >>> line) & 1;
const modeOf = async (pi: Machine, line: number) => ((await pi.register(GPFSEL0 + 4 * Math.floor(line / 10))) >>> (3 * (line % 10))) & 7;
const warm = (pi: Machine, degC: number) => pi.qmp("qom-set", { path: "/machine/peripheral/sensor", property: "temperature", value: degC * 1000 });

/** What the host must see of an output that the agent drives. */
async function driven(pi: Machine, line: number, level: 0 | 1): Promise<void> {
  assert.deepEqual({ line, mode: await modeOf(pi, line), level: await levelOf(pi, line) }, { line, mode: OUTPUT, level });
}

test("the agent on an emulated Pi arms, reads the sensor over I2C, and trips on its temperature", async (t) => {
  const pi = await boot(t, "raspi3b", ["-device", "tmp105,id=sensor,bus=i2c-bus.1,address=0x48"]);
  const config = "--config /tests/pi/guest/station.yaml";
  await warm(pi, 24.5);

  pi.start(`offgas run ${config}`);
  await pi.line(/"agent-start"/, "start of the agent");
  for (const line of [CYCLER, HEATER]) await driven(pi, line, 0);

  await pi.run(`offgas arm ${config}`);
  for (const line of [CYCLER, HEATER]) await driven(pi, line, 1);
  await assert.rejects(driven(pi, UNUSED, 1), assert.AssertionError, "the same look at a line that nobody drives");
  for (const level of [0, 1, 0]) await pi.until(async () => (await levelOf(pi, HEARTBEAT)) === level, `heartbeat at ${level}`);

  await warm(pi, 70.5);
  await pi.until(async () => (await levelOf(pi, CYCLER)) === 0, "an open cycler permit");
  const [said] = await pi.line(/"alarm":"over-temperature:C1".*raised: .*/, "over-temperature alarm");
  assert.match(said, /70\.5/, "the number is the sensor's");
  for (const line of [CYCLER, HEATER]) await driven(pi, line, 0);
  for (const level of [1, 0]) await pi.until(async () => (await levelOf(pi, HEARTBEAT)) === level, `heartbeat at ${level} after the trip`);
});
