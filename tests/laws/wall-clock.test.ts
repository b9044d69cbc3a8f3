/** A wall clock that steps by a year, live, either way and across a restart, loses no sample and merges no two. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Intake } from "../../edge-agent/pipeline/intake.ts";
import { Stamper } from "../../edge-agent/pipeline/stamper.ts";
import { Sorting } from "../../edge-agent/spool/sorting.ts";
import { openSpool, pending } from "../support/spool.ts";
import { replayChannel, station } from "../support/station.ts";
import { tempFolder } from "../support/temp.ts";

const noon_ns = 1_800_000_000_000_000_000n;
const year_ns = 31_557_600_000_000_000n;
const CHANNELS = 3;
const MOMENTS = 200;

/** Ten readings a second of each channel; the wall clock is looked at once a second, as the agent does. */
const walls: Readonly<Record<string, (at_s: number) => bigint>> = {
  "a year forward": (at_s) => (at_s < 5 ? 0n : year_ns),
  "a year back": (at_s) => (at_s < 5 ? 0n : -year_ns),
  "forward and back again": (at_s) => (at_s < 5 || at_s > 12 ? 0n : year_ns),
  "back and forth every second": (at_s) => (Math.floor(at_s) % 2 === 0 ? year_ns : -year_ns),
};

for (const [name, off_ns] of Object.entries(walls)) {
  test(`the wall clock steps ${name}`, (t) => {
    const folder = tempFolder(t);
    const made = station({ channels: Array.from({ length: CHANNELS }, (_, index) => replayChannel(`t${index}`)) });
    const expected: number[] = [];
    // the second start finds the wall clock a year before what the first has stored
    for (const [start, wallAtStart_ns] of [noon_ns, noon_ns - year_ns].entries()) {
      const spool = openSpool(folder, { station: made });
      const wall_ns = (at_s: number) => wallAtStart_ns + BigInt(Math.round(at_s * 1e9)) + off_ns(at_s);
      const stamper = new Stamper({ clock: { wall_ns: () => wall_ns(0) }, at_s: 0, lastStamp_ns: spool.lastStamp_ns });
      const intake = new Intake(made.channels, stamper, 0, false);
      const sorting = new Sorting(made.channels.map(({ id }) => id));
      for (let moment = 0; moment < MOMENTS; moment++) {
        const at_s = moment / 10;
        if (moment % 10 === 0) stamper.observe(wall_ns(at_s), at_s);
        const number = 1000 * start + moment;
        expected.push(number);
        const readings = made.channels.map((_, channel) => ({ channel, at_s, raw: number / 10 }));
        for (const sample of intake.moment(readings)) sorting.add({ type: "sample", sample });
        const parcel = moment % 25 === 24 ? sorting.parcel() : undefined;
        if (parcel !== undefined) spool.commit([parcel]);
      }
      spool.close();
    }
    const spool = openSpool(folder, { station: made });
    const samples = pending(spool, "sample").flatMap((entry) => (entry.type === "sample" ? [entry.sample] : []));
    spool.close();
    assert.equal(new Set(samples.map(({ channel, stamp_ns }) => `${channel} ${stamp_ns}`)).size, samples.length, "no two share series and stamp");
    for (const { id } of made.channels) {
      const series = samples.filter(({ channel }) => channel === id).sort((a, b) => (a.stamp_ns < b.stamp_ns ? -1 : 1));
      assert.deepEqual(
        series.map(({ value = -1 }) => Math.round(value * 10)),
        expected,
        "every sample, and by stamp in the order in which it was measured",
      );
    }
  });
}
