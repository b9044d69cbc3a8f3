/** A program in a mount namespace of its own with a made-up /sys/class/gpio. It proves names, numbers and file writes; no electronics. */
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { promisify } from "node:util";
import { tempFolder } from "./temp.ts";

/** The tree as a Raspberry Pi's kernel shows it, with lines exported and left high and inverted by a program before us. */
const tree = (base: number, lines: readonly number[]) => `set -eu
mount -t tmpfs tmpfs /sys/class
mkdir /sys/class/gpio; cd /sys/class/gpio; : > export; : > unexport
chip() { mkdir $1; echo $2 > $1/label; echo $3 > $1/base; echo $4 > $1/ngpio; }
chip gpiochip400 raspberrypi-exp-gpio 400 8
chip gpiochip512 pinctrl-bcm2835 ${base} 54
for line in ${lines.join(" ")}; do
  pin=gpio$((${base} + line)); mkdir $pin
  echo 0 > $pin/value; echo in > $pin/direction; echo none > $pin/edge; echo 1 > $pin/active_low
done
exec "$@"
`;

/** As root in a plain mount namespace, otherwise in a user namespace. */
const namespace = process.getuid?.() === 0 ? ["-m"] : ["-r", "-m"];

/** What the program wrote, which is one JSON value. */
export async function onSysfs(t: TestContext, base: number, lines: readonly number[], program: string, ...args: readonly string[]) {
  const script = join(tempFolder(t), "tree.sh");
  writeFileSync(script, tree(base, lines));
  const { stdout } = await promisify(execFile)("unshare", [...namespace, "sh", script, process.execPath, program, ...args], { timeout: 60_000 });
  return JSON.parse(stdout);
}
