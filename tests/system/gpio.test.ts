// needs: util-linux
/** Unmodified `onoff` on a made-up /sys/class/gpio, in a mount namespace of its own. It proves names, numbers and file writes; no electronics. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { promisify } from "node:util";
import { tempFolder } from "../support/temp.ts";

const program = join(import.meta.dirname, "gpio-arming.ts");

/** The tree as a Raspberry Pi's kernel shows it, with lines 17 and 27 exported and left high and inverted by a program before us. */
const tree = (base: number) => `set -eu
mount -t tmpfs tmpfs /sys/class
mkdir /sys/class/gpio; cd /sys/class/gpio; : > export; : > unexport
chip() { mkdir $1; echo $2 > $1/label; echo $3 > $1/base; echo $4 > $1/ngpio; }
chip gpiochip400 raspberrypi-exp-gpio 400 8
chip gpiochip512 pinctrl-bcm2835 ${base} 54
for line in 17 27; do
  pin=gpio$((${base} + line)); mkdir $pin
  echo 0 > $pin/value; echo in > $pin/direction; echo none > $pin/edge; echo 1 > $pin/active_low
done
exec "$@"
`;

/** As root in a plain mount namespace, otherwise in a user namespace. */
const namespace = process.getuid?.() === 0 ? ["-m"] : ["-r", "-m"];

async function arming(t: TestContext, base: number, ...args: string[]) {
  const script = join(tempFolder(t), "tree.sh");
  writeFileSync(script, tree(base));
  const { stdout } = await promisify(execFile)("unshare", [...namespace, "sh", script, process.execPath, program, ...args], { timeout: 20_000 });
  return JSON.parse(stdout);
}

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
