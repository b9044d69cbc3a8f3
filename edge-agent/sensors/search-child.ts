/** Searches one bus in a process of its own, since a wedged transfer can be ended in no other way, and tells what it found. */
import { guard, guardedI2c } from "../bus/deadline.ts";
import { openLinuxBus } from "../bus/i2c-linux.ts";
import { systemClock as clock } from "../core/clock.ts";
import { search } from "./search.ts";

const DEADLINE_s = 1;

process.once("message", async (device: number) => {
  const over = (what: string) => process.send?.({ trouble: what });
  try {
    const bus = guardedI2c(
      openLinuxBus(device),
      guard(DEADLINE_s, clock, (what) => over(`${what} took longer than ${DEADLINE_s} s: a chip holds the bus; cut its supply for a moment`)),
    );
    process.send?.({ found: await search(bus, clock) });
  } catch (error) {
    over(error instanceof Error ? error.message : String(error));
  }
});
