import assert from "node:assert/strict";
import { mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { chardevLines } from "../../edge-agent/outputs/gpio-chardev.ts";
import { openOutputs } from "../../edge-agent/outputs/outputs.ts";
import { simulatedLines } from "../../edge-agent/outputs/simulated.ts";
import { station } from "../support/station.ts";
import { type Kernel, kernel, pi } from "./gpio-kernel.ts";

const lines = ({ devices, ioctl }: Kernel) => chardevLines(devices, async () => ioctl);
const wired = { chip: "pinctrl-bcm2835", line: 17 };
const outputs = [{ id: "heater", kind: "gpio" as const, ...wired }];
const [heater] = station({ outputs }).outputs;
const open = (under: Kernel) => lines(under).open(heater ?? assert.fail());
const asked = { at_s: 1, actor: "ann", because: "c", standing: [] };

test("a line is opened low in one call, written and read back through its own request, and stays as it is when closed", async (t) => {
  const under = kernel(t);
  under.pin(17).level = true; // as a program before us left it
  const line = await open(under);
  const pin = under.pin(17);
  assert.deepEqual([pin.level, pin.consumer, pin.flags, under.writes], [false, "offgas", 9n, []]);
  assert.equal(under.requests.length, 1);
  line.write(true);
  assert.deepEqual([pin.level, line.readBack()], [true, true]);
  line.write(false);
  assert.deepEqual([pin.level, line.readBack(), under.writes], [false, false, [true, false]]);
  line.write(true);
  line.close();
  assert.equal(line.readBack(), true, "the line is not given back before the process ends");
});

test("the chip is found by its label, wherever it stands, and once though it has two names", async (t) => {
  const under = kernel(t, [
    { ...pi, file: "gpiochip0", name: "gpiochip0", label: "raspberrypi-exp-gpio" },
    { ...pi, file: "gpiochip10", name: "gpiochip10", label: "pinctrl-rp1" },
    { ...pi, file: "gpiochip9", name: "gpiochip9" },
  ]);
  symlinkSync("gpiochip9", join(under.devices, "gpiochip4")); // as Raspberry Pi OS does
  mkdirSync(join(under.devices, "gpiochip"));
  await open(under);
  assert.equal(under.pin(17, "gpiochip9").consumer, "offgas");
  assert.deepEqual(await lines(under).chips(), ["raspberrypi-exp-gpio (gpiochip0)", "pinctrl-bcm2835 (gpiochip9)", "pinctrl-rp1 (gpiochip10)"]);
});

type Row = readonly [name: string, under: Parameters<typeof kernel>[1], break_: (under: Kernel) => void, code: string, message: RegExp];
const rows: readonly Row[] = [
  [
    "a label that no chip bears",
    [{ ...pi, label: "pinctrl-rp1" }],
    () => {},
    "output/unavailable",
    /no GPIO chip is labelled "pinctrl-bcm2835"; .* has: pinctrl-rp1\./,
  ],
  [
    "a label that two chips bear",
    [pi, { ...pi, file: "gpiochip2", name: "gpiochip2" }],
    () => {},
    "output/unavailable",
    /two GPIO chips are labelled "pinctrl-bcm2835" \(gpiochip0 and gpiochip2\)/,
  ],
  ["a line beyond the chip", [{ ...pi, lines: 17 }], () => {}, "output/unavailable", /has lines 0 to 16; there is no line 17/],
  ["no chip at all", [], () => {}, "output/unavailable", /no GPIO: neither a sysfs export file nor .*\/gpiochipN/],
  ["chips that this user may not open", [{ ...pi, fails: "EACCES" }], () => {}, "output/unavailable", /gpiochip0 cannot be opened .*add it to the group gpio$/],
  ["a device that is no chip", [{ ...pi, fails: "ENOTTY" }], () => {}, "output/unavailable", /older than 5\.10/],
  [
    "a line that another program holds",
    undefined,
    (k) => Object.assign(k.pin(17), { flags: 9n, consumer: "gpioset" }),
    "output/unavailable",
    /pinctrl-bcm2835 line 17 \(gpiochip0\) cannot be opened \(EBUSY, ioctl\); "gpioset" holds the line: end it or choose another line/,
  ],
  [
    "a line whose holder has no name",
    undefined,
    (k) => Object.assign(k.pin(17), { flags: 1n }),
    "output/unavailable",
    /the kernel or another program holds the line/,
  ],
  ["a line that the kernel refuses", undefined, (k) => (k.pin(17).fails = "EINVAL"), "output/unavailable", /the kernel refuses this line: choose another/],
  ["an inverted line", undefined, (k) => (k.pin(17).inverted = true), "output/unavailable", /is inverted \(active low\)/],
  [
    "a line that reads high",
    undefined,
    (k) => Object.assign(k.pin(17), { level: true, stuck: true }),
    "output/unproven",
    /reads high though it was opened low/,
  ],
];
for (const [name, chips, break_, code, message] of rows) {
  test(`refused: ${name}`, async (t) => {
    const under = kernel(t, chips);
    break_(under);
    const before = readdirSync("/proc/self/fd").length;
    await assert.rejects(open(under), { code, message });
    assert.equal(readdirSync("/proc/self/fd").length, before, "no file stays open");
  });
}

async function opened(under: Kernel) {
  return (await openOutputs(station({ outputs }), { gpio: lines(under), simulated: simulatedLines }, 0)).outputs;
}

test("arming is refused where the read-back does not follow", async (t) => {
  const under = kernel(t);
  const outputs = await opened(under);
  under.pin(17).stuck = true;
  const { refused } = outputs.arm(asked);
  assert.match(String(refused), /^output\/unproven: not armed: heater was energised but reads de-energised; check the wiring/);
  assert.deepEqual([outputs.status().armed, under.writes.at(-1)], [false, false]);
});

test("arming is refused where the line cannot be read back, and a trip of it is told", async (t) => {
  const under = kernel(t);
  const outputs = await opened(under);
  assert.equal(outputs.arm(asked).refused, undefined);
  under.pin(17).fails = "ENODEV";
  assert.match(outputs.trip(["heater"], "runaway:C1", 2)[1]?.text ?? "", /^heater cannot be written: ENODEV, ioctl; cut the supply by hand$/);
  assert.match(String(outputs.arm(asked).refused), /^output\/unproven: not armed: heater cannot be written: ENODEV/);
});

test("what is there is told for the doctor", async (t) => {
  const under = kernel(t);
  const told = lines(under);
  assert.equal(await told.find("pinctrl-bcm2835", 17), "pinctrl-bcm2835 line 17 is line 17 of gpiochip0, free");
  await open(under);
  assert.equal(await told.find("pinctrl-bcm2835", 17), "pinctrl-bcm2835 line 17 is line 17 of gpiochip0, held by offgas");
});
