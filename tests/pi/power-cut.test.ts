// needs: cpio e2fsprogs g++-aarch64-linux-gnu
/**
 * The power goes while the store writes. What it had reported as committed must be in the spool after the next boot. The disk loses what was not
 * flushed (disk.ts says how); the file system is ext4 of Debian's kernel with its defaults, the machine QEMU's `virt` on 64-bit ARM.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { storeStation } from "../support/store.ts";
import { tempFolder } from "../support/temp.ts";
import { blank, disk, formatted, layered } from "./disk.ts";
import { boot } from "./machine.ts";
import { stage } from "./stage.ts";

/** A sink that is never reached: everything stays in the spool. */
const station = storeStation("/spool", [{ kind: "influxdb", url: "http://127.0.0.1:1", database: "offgas" }]);
const mountSpool = "mount -t ext4 /dev/vda /spool";
const REPORT = /^(\d+)$/;

/** Commands for a block of the second disk: written past the kernel's cache, with or without a flush behind it; read. */
const write = (block: number, text: string, flushed: boolean) =>
  `echo ${text} > /tmp/block && dd if=/tmp/block of=/dev/vdb bs=4096 seek=${block} conv=sync${flushed ? ",fsync" : ""} oflag=direct 2>/dev/null`;
const read = (block: number) => `dd if=/dev/vdb bs=4096 skip=${block} count=1 2>/dev/null | tr -d '\\000 '`;

test("what the store said it committed outlives a power cut, on a disk that loses what was not flushed", async (t) => {
  const made = await stage();
  const folder = tempFolder(t);
  const raw = [await formatted(join(folder, "spool.raw")), blank(join(folder, "blank.raw"))];
  const life = (name: string, lower: readonly string[], format: "raw" | "qcow2") =>
    Promise.all(lower.map((file, at) => layered(made, { file, format }, join(folder, `${name}-${at}.qcow2`))));

  const first = await life("first", raw, "raw");
  const writing = await boot(t, "virt", first.flatMap(disk));
  await writing.run(write(1, "flushed", true));
  await writing.run(write(2, "unflushed", false));
  await writing.run(`${mountSpool} && echo '${JSON.stringify(station)}' > /tmp/station.json`);
  writing.start("node /tests/support/store-writer.ts /tmp/station.json 0");
  const enough = 400 + Math.floor(Math.random() * 400);
  for (let reports = 0, number = -1; number < enough; reports++) number = Number((await writing.line(REPORT, `report of number ${enough}`, reports))[1]);
  await writing.cut();
  const committed = Math.max(...writing.all(REPORT).map(([, number]) => Number(number)));

  const second = await life("second", first, "qcow2");
  const reading = await boot(t, "virt", second.flatMap(disk));
  assert.deepEqual(await reading.run(read(1)), ["flushed"]);
  assert.deepEqual(await reading.run(read(2)), [], "a write that was done and not flushed is gone: the cut costs something");
  await reading.run(mountSpool);
  const [line = ""] = await reading.run("node /tests/pi/guest/read-spool.ts");
  const { samples, gaps, setAside } = JSON.parse(line.slice("@@ spool ".length));
  t.diagnostic(`cut when ${committed + 1} samples had been reported as committed; ${samples} are in the spool`);
  assert.ok(samples > committed, `${samples} samples, but ${committed + 1} were reported as committed`);
  assert.deepEqual([gaps, setAside], [0, 0]);
});
