// needs: util-linux
/** Unmodified `onoff` on a made-up /sys/class/gpio, in a mount namespace of its own. It proves names, numbers and file writes; no electronics. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { onSysfs } from "../support/sysfs-gpio.ts";
import { tempFolder } from "../support/temp.ts";

const program = (name: string) => join(import.meta.dirname, name);
const arming = (t: TestContext, base: number, ...args: string[]) => onSysfs(t, base, [17, 27], program("gpio-arming.ts"), ...args);

for (const base of [458, 512]) {
  test(`onoff arms and trips line 17 as gpio${base + 17} where the chip's base is ${base}`, async (t) => {
    const { opening, refused, direction, seen, events } = await arming(t, base, "pinctrl-bcm2835");
    assert.deepEqual(opening, []);
    assert.equal(refused, undefined);
    assert.match(direction, /^low/, "opened low in one write, without a glitch");
    assert.deepEqual(seen, ["00", "11", "01", "00"], "open, armed, heater tripped, closed");
    assert.deepEqual(events, [
      { event: "output-open", output: "heater-permit", at_s: 2, because: "runaway:C1", text: "heater-permit de-energised: runaway:C1" },
    ]);
  });
}

test("a wrong label is told at the start and refuses arming", async (t) => {
  const { opening, refused, seen } = await arming(t, 512, "pinctrl-rp1");
  assert.match(opening[0].text, /no GPIO chip is labelled "pinctrl-rp1"; this machine has: raspberrypi-exp-gpio, pinctrl-bcm2835/);
  assert.match(refused, /^output\/unavailable: not armed: heater-permit: no GPIO chip/);
  assert.deepEqual(seen, ["00", "00", "00", "00"]);
});

test("a read-back that does not follow refuses arming and leaves every permit open", async (t) => {
  const { refused, seen } = await arming(t, 512, "pinctrl-bcm2835", "/dev/zero");
  assert.match(refused, /^output\/unproven: not armed: cycler-permit was energised but reads de-energised/);
  assert.ok(
    seen.every((levels: string) => levels.startsWith("0")),
    "the heater's line went up and down again inside the call",
  );
});

test("a mains contact that opens is an alarm with its reason, and a running agent ends with its contacts watched", async (t) => {
  const { described, beats, alarms, code, stderr } = await onSysfs(t, 512, [5, 6, 17, 22], program("gpio-contacts.ts"), tempFolder(t));
  assert.match(described, /grid +contact of mains +closed +gpio pinctrl-bcm2835 line 5, closed when high +every 0\.2 s/);
  assert.match(alarms, /^mains-lost:station +alarm +unack +since .*\n {2}grid reads open: mains is lost/m);
  assert.match(alarms, /sensor-lost:far +warning/);
  assert.match(alarms, /far: no-reply: .*no GPIO chip is labelled "pcf8574"/, "a contact that cannot be read is a lost sensor");
  assert.equal(beats, "0".repeat(12), "switches that read well keep no heartbeat going");
  assert.deepEqual([code, stderr], [0, ""]);
});
