import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

/** Every module that a module reaches by static or dynamic import; packages by name. */
function reached(from: URL, seen = new Set<string>()): Set<string> {
  if (seen.has(from.href)) return seen;
  seen.add(from.href);
  const text = readFileSync(from, "utf8").replaceAll(/^import type .*$/gm, "");
  for (const [, path = ""] of text.matchAll(/(?:from |import\()"([^"]+)"/g)) {
    if (path.startsWith(".")) reached(new URL(path, from), seen);
    else seen.add(path);
  }
  return seen;
}

test("a bus process loads drivers and nothing heavy: no package but the I2C addon, and nothing of the contracts", () => {
  const modules = [...reached(new URL("../../edge-agent/sensors/child.ts", import.meta.url))];
  const ours = modules.filter((module) => module.startsWith("file:"));
  assert.ok(ours.length >= 10, `${ours.length} modules`);
  assert.deepEqual(
    modules.filter((module) => !module.startsWith("file:") && !module.startsWith("node:")),
    [],
  );
  assert.deepEqual(
    ours.filter((module) => /\/contracts\/|\/quantities\.ts/.test(module)),
    [],
  );
});
