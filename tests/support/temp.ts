/** A folder of its own for a test, gone when the test ends. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export function tempFolder(t: { after(clean: () => void): void }): string {
  const folder = mkdtempSync(join(tmpdir(), "offgas-test-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
