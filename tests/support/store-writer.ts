/**
 * A process that is made to be killed: appends numbered samples through a store and writes the last committed number on its output.
 * Arguments: station file as JSON, first number. Number n is value n at stamp base + n ms.
 */
import { readFileSync, writeSync } from "node:fs";
import type { Station } from "../../edge-agent/contracts/station.ts";
import { systemClock } from "../../edge-agent/core/clock.ts";
import type { Entry } from "../../edge-agent/core/entry.ts";
import { openStore } from "../../edge-agent/spool/open.ts";

const [file = "", firstNumber = "0"] = process.argv.slice(2);
const station = JSON.parse(readFileSync(file, "utf8")) as Station;
const base_ns = 1_790_000_000_000_000_000n;

const numbered = (n: number): Entry => ({
  type: "sample",
  sample: { channel: "C1.t", at_s: n / 1000, stamp_ns: base_ns + BigInt(n) * 1_000_000n, value: n, raw: n, bound: 0, quality: "good", reason: "none" },
});

const store = openStore({ station, clock: systemClock });
await store.opened;
writeSync(1, "open\n");
for (let n = Number(firstNumber); ; ) {
  const batch = Array.from({ length: 20 }, () => numbered(n++));
  store.append(batch.slice(0, 10));
  await store.journal(batch.slice(10));
  writeSync(1, `${n - 1}\n`);
}
