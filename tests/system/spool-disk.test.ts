// needs: util-linux mount
/** A disk that fills up under a running store, and a read-only one. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { tempFolder } from "../support/temp.ts";

test("a full disk and a read-only one are told with what to do, nothing acknowledged is lost, and work goes on when mended", { timeout: 60_000 }, async (t) => {
  const program = fileURLToPath(new URL("../support/disk-trouble.ts", import.meta.url));
  const asRoot = process.getuid?.() === 0 ? [] : ["--map-root-user"];
  const { stdout } = await promisify(execFile)("unshare", ["--mount", ...asRoot, process.execPath, program, tempFolder(t)], { timeout: 50_000 });
  const seen = JSON.parse(stdout) as Record<string, number | string | boolean>;
  t.diagnostic(stdout);
  assert.match(String(seen.whenFull), /^spool\/full: the disk under .* is full; free space on it or set a smaller budget$/);
  assert.match(String(seen.refused), /^spool\/unavailable: .* cannot be written; make it writable/);
  assert.equal(seen.complete, true);
  assert.deepEqual([seen.dropped, seen.alarms], [0, 1]);
  assert.equal(Number(seen.samples) + Number(seen.evicted), Number(seen.acknowledged) + Number(seen.appended), "every sample is there or counted");
});
