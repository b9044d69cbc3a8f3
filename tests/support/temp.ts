/** A folder of its own for a test, gone when the test ends. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";

export function tempFolder(t: Pick<TestContext, "after">): string {
  const folder = mkdtempSync(join(tmpdir(), "offgas-test-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
