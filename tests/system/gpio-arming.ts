/**
 * Run by gpio.test.ts inside a private mount namespace: arms, trips and prints what the outputs said, one JSON object.
 * Arguments: the chip's label, then which value file to break before arming, if any.
 */
import { closeSync, openSync, readFileSync, readSync, rmSync, symlinkSync } from "node:fs";
import { gpioLines } from "../../edge-agent/outputs/gpio.ts";
import { openOutputs } from "../../edge-agent/outputs/outputs.ts";
import { simulatedLines } from "../../edge-agent/outputs/simulated.ts";
import { station } from "../support/station.ts";

const [chip = "", broken] = process.argv.slice(2);
const pins = { "heater-permit": 17, "cycler-permit": 27 };
const base = Number(readFileSync("/sys/class/gpio/gpiochip512/base", "utf8"));
/** One byte only: a device file has no end. */
const value = (line: number) => {
  const file = openSync(`/sys/class/gpio/gpio${base + line}/value`, "r");
  const byte = Buffer.alloc(1);
  readSync(file, byte);
  closeSync(file);
  return byte.toString();
};
const levels = () => Object.values(pins).map(value).join("");

const outputs = Object.entries(pins).map(([id, line]) => ({ id, kind: "gpio" as const, chip, line }));
const backends = { gpio: gpioLines(), simulated: simulatedLines };
if (broken !== undefined) {
  // /dev/zero takes every write and reads neither "0" nor "1": a pin that does not follow.
  rmSync(`/sys/class/gpio/gpio${base + 27}/value`);
  symlinkSync(broken, `/sys/class/gpio/gpio${base + 27}/value`);
}
const opened = await openOutputs(station({ outputs }), backends, 0);
const direction = broken === undefined && opened.events.length === 0 ? readFileSync(`/sys/class/gpio/gpio${base + 17}/direction`, "utf8") : "";
const seen = [levels()];
const armed = opened.outputs.arm({ at_s: 1, actor: "ann", because: "c1", standing: [] });
seen.push(levels());
const events = opened.outputs.trip(["heater-permit"], "runaway:C1", 2);
seen.push(levels());
opened.outputs.close(99);
seen.push(levels());
console.log(JSON.stringify({ opening: opened.events, refused: armed.refused?.toString(), direction, seen, events }));
