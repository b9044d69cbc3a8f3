/** Run on the `virt` machine: a relay on line 5, opened as the agent opens its outputs, follows a key switch on line 6, watched with `onoff`. */
import { Gpio } from "onoff";
import { onoffLines } from "../../../edge-agent/outputs/gpio-onoff.ts";
import { sysfsPin } from "../../../edge-agent/outputs/sysfs-pin.ts";

const chip = "9030000.pl061";
const relay = await onoffLines().open({ id: "relay", kind: "gpio", chip, line: 5, role: "signal", period_s: 1 });
const key = new Gpio(sysfsPin(chip, 6), "in", "both");
key.watch((error, level) => {
  if (error) throw error;
  relay.write(level === 1);
  process.stdout.write(`@@ edge ${level}, relay ${relay.readBack()}\n`);
});
process.stdout.write("@@ watching\n");
