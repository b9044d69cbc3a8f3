// needs: influxdb mount util-linux
/** A disk that fills up under a running agent, and one that may not be written. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { offgas } from "../support/agent.ts";
import { periods_s } from "../support/agent-station.ts";
import { startInfluxd } from "../support/influxd.ts";
import { tempFolder } from "../support/temp.ts";

type Ended = Awaited<ReturnType<typeof offgas>>;
interface Seen {
  readonly raised: string;
  readonly degraded: readonly string[];
  readonly lost: number;
  readonly readWhileFull: number;
  readonly arming: Ended;
  readonly mended: { readonly dropped: number; readonly evicted: number };
  readonly reads: number;
  readonly code: number | null;
  readonly stderr: string;
  readonly readOnly: Ended;
}

test("a full disk: the agent goes on deciding, says so once, and delivers all when there is room; a read-only one: one line", async (t) => {
  const influxd = await startInfluxd(t, { database: "offgas" });
  const program = fileURLToPath(new URL("../support/agent-on-small-disk.ts", import.meta.url));
  const asRoot = process.getuid?.() === 0 ? [] : ["--map-root-user"];
  const args = ["--mount", ...asRoot, process.execPath, program, tempFolder(t), influxd.url];
  const { stdout } = await promisify(execFile)("unshare", args, { timeout: 100_000 });
  const seen = JSON.parse(stdout) as Seen;
  assert.match(seen.raised, /^raised: spool\/full: the disk under .* is full; free space on it or set a smaller budget$/);
  assert.equal(seen.degraded.filter((msg) => msg.startsWith("raised: ") && msg.includes("spool/full")).length, 1, seen.degraded.join("\n"));
  assert.ok(seen.readWhileFull >= 3 && seen.lost === 0, "reading went on");
  assert.equal(seen.arming.code, 0, `making safe does not wait for a disk: ${seen.arming.stderr}`);
  assert.deepEqual([seen.mended.dropped, seen.mended.evicted, seen.code, seen.stderr], [0, 0, 0, ""]);
  assert.equal(seen.readOnly.code, 1);
  assert.match(seen.readOnly.stderr, /^offgas run: spool\/unavailable: \S+ cannot be (written|used)[^\n]*\n$/);

  let rows = 0;
  for (const channel of Object.keys(periods_s)) rows += (await influxd.query(`SELECT "raw" FROM "sample" WHERE "channel"='${channel}'`)).length;
  // readings of the last moments come after the last look
  assert.ok(rows >= seen.reads && rows <= seen.reads + 6, `${seen.reads} readings, ${rows} rows`);
});
