import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { gpioLines } from "../../edge-agent/outputs/gpio.ts";
import { onoffLines } from "../../edge-agent/outputs/gpio-onoff.ts";
import { sysfsPin } from "../../edge-agent/outputs/sysfs-pin.ts";
import { station } from "../support/station.ts";
import { tempFolder } from "../support/temp.ts";

/** Chips as a kernel lists them: folder name, label, base, number of lines. */
function sysfs(t: TestContext, chips: readonly (readonly [string, string, string, string])[]): string {
  const root = tempFolder(t);
  writeFileSync(join(root, "export"), "");
  for (const [folder, label, base, ngpio] of chips) {
    mkdirSync(join(root, folder));
    for (const [file, text] of Object.entries({ label, base, ngpio })) writeFileSync(join(root, folder, file), `${text}\n`);
  }
  return root;
}

const pi = (base: number) => [
  ["gpiochip566", "raspberrypi-exp-gpio", "566", "8"] as const,
  [`gpiochip${base}`, "pinctrl-bcm2835", String(base), "54"] as const,
];

for (const base of [0, 458, 512]) {
  test(`line 17 of the labelled chip is ${base + 17} where its base is ${base}`, (t) => {
    assert.equal(sysfsPin("pinctrl-bcm2835", 17, sysfs(t, pi(base))), base + 17);
  });
}

test("a wrong label names the chips that are there", (t) => {
  assert.throws(() => sysfsPin("pinctrl-rp1", 17, sysfs(t, pi(512))), {
    code: "output/unavailable",
    message: 'no GPIO chip is labelled "pinctrl-rp1"; this machine has: pinctrl-bcm2835, raspberrypi-exp-gpio. Write one of these as the chip',
  });
});

test("a line beyond the chip, a label that two chips carry, and a chip that cannot be read", (t) => {
  assert.throws(() => sysfsPin("pinctrl-bcm2835", 54, sysfs(t, pi(512))), { message: /has lines 0 to 53; there is no line 54/ });
  const twins = sysfs(t, [
    ["gpiochip0", "pcf8574", "0", "8"],
    ["gpiochip8", "pcf8574", "8", "8"],
  ]);
  assert.throws(() => sysfsPin("pcf8574", 1, twins), { message: /two GPIO chips are labelled "pcf8574" \(gpiochip0 and gpiochip8\)/ });
  assert.throws(() => sysfsPin("odd", 1, sysfs(t, [["gpiochip0", "odd", "none", "8"]])), { message: /this machine has: none/ });
});

test("without sysfs GPIO, or with one that has lost its export file, the character device is taken", async (t) => {
  for (const root of [join(tempFolder(t), "absent"), tempFolder(t)]) {
    const devices = tempFolder(t);
    await assert.rejects(gpioLines(root, devices).open(gpio(17)), { code: "output/unavailable", message: /no GPIO: neither .* nor .*\/gpiochipN/ });
    writeFileSync(join(devices, "gpiochip0"), "");
    await assert.rejects(gpioLines(root, devices).open(gpio(17)), { message: /gpiochip0 cannot be opened \(ENOTTY, ioctl\)/ });
  }
});

test("with sysfs GPIO, it is taken", async (t) => {
  assert.deepEqual(await gpioLines(sysfs(t, pi(512))).chips(), ["pinctrl-bcm2835 (base 512)", "raspberrypi-exp-gpio (base 566)"]);
});

const gpio = (line?: number) => {
  const [output] = station({ outputs: [{ id: "heater", kind: "gpio", chip: "pinctrl-bcm2835", ...(line !== undefined && { line }) }] }).outputs;
  assert.ok(output);
  return output;
};

test("onoff that did not install, or was built for another Node, is told apart", async (t) => {
  const root = sysfs(t, pi(512));
  await assert.rejects(onoffLines(root, () => import("onoff-that-is-not-there" as string)).open(gpio(17)), {
    code: "output/unavailable",
    message: /onoff is not installed, as when no compiler was there; run `apt install/,
  });
  const foreign = () => Promise.reject(Object.assign(new Error("compiled against NODE_MODULE_VERSION 115"), { code: "ERR_DLOPEN_FAILED" }));
  await assert.rejects(onoffLines(root, foreign).open(gpio(17)), { message: /compiled for another Node; run `node deploy\/bootstrap.mjs` again/ });
});

test("a gpio output without a line says what to write", async (t) => {
  await assert.rejects(gpioLines(sysfs(t, pi(512))).open(gpio()), { message: /write for example chip: pinctrl-bcm2835, line: 17/ });
});
