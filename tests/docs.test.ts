/** What is written down beside the code is still true of it. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { stationSchema } from "../edge-agent/contracts/station.ts";
import { alarmNames } from "../edge-agent/core/alarms.ts";
import { faultCodes } from "../edge-agent/core/faults.ts";
import { findStrays, findSuites, isEmulated, needsOf, projectFiles } from "./runner/suites.ts";
import { importsOf, targetOf } from "./support/imports.ts";

const root = resolve(import.meta.dirname, "..");
const files = projectFiles(root);
const read = (file: string): string => readFileSync(join(root, file), "utf8");
const tests = files.filter((file) => /^tests\/.*\.ts$/.test(file));

test("the runbook has one heading per alarm and per fault code, and no other", () => {
  const sections = read("deploy/runbook.md")
    .split(/^### /m)
    .slice(1)
    .map((section) => [section.slice(0, section.indexOf("\n")).trim(), section] as const);
  assert.deepEqual(sections.map(([heading]) => heading).sort(), [...alarmNames, ...faultCodes].sort());
  for (const [heading, text] of sections) for (const part of ["Means:", "Do:"]) assert.match(text, new RegExp(`^${part} \\S`, "m"), `${heading} says ${part}`);
});

test("npm scripts that a page names exist", () => {
  const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
  const named = files
    .filter((file) => /\.md$/.test(file) && file !== "CHANGELOG.md")
    .flatMap((file) => [...read(file).matchAll(/npm (?:run (?:--silent )?([\w:-]+)|(test|start)\b)/g)].map((match) => `${file}: ${match[1] ?? match[2]}`));
  assert.deepEqual(
    named.filter((line) => scripts[line.slice(line.lastIndexOf(": ") + 2)] === undefined),
    [],
  );
});

test("files that npm scripts start exist", () => {
  const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
  const started = Object.values(scripts).flatMap((script) => [...script.matchAll(/\bnode (\S+\.[mt]?[jt]s)/g)].map((match) => match[1]));
  assert.deepEqual(
    started.filter((file) => file === undefined || !files.includes(file)),
    [],
  );
});

test("the documented station file is a valid one", () => {
  const parsed = stationSchema.safeParse(parse(read("deploy/station.example.yaml")));
  assert.deepEqual(parsed.error?.issues ?? [], []);
});

const text = files.filter((file) => !/\.(gz|png|jpg|parquet|db|csv)$/.test(file) && file !== "LICENSE");

test("no file names a package registry or a path of one machine", () => {
  const registry = /\b(registry\.npmjs|registry\.yarnpkg|npm\.pkg\.github|pypi\.org|artifactory|verdaccio)\b/i;
  const machine = /(?<![\w.$}*-])\/(home|root|work)(?=[/"'`\s]|$)/m;
  const found = text.flatMap((file) => {
    const hit = registry.exec(read(file)) ?? machine.exec(read(file));
    return hit && file !== "tests/docs.test.ts" ? [`${file}: ${hit[0]}`] : [];
  });
  assert.deepEqual(found, []);
});

interface Locked {
  readonly resolved?: string;
  readonly link?: boolean;
  /** Comes inside another package's archive, whose checksum covers it. */
  readonly inBundle?: boolean;
  readonly integrity?: string;
}

test("the lock file names no download address and has a checksum for every package", () => {
  const { packages } = JSON.parse(read("package-lock.json")) as { packages: Record<string, Locked> };
  const loose = Object.entries(packages).filter(
    ([name, entry]) =>
      /^\w+:/.test(entry.resolved ?? "") || (name.startsWith("node_modules/") && !entry.link && !entry.inBundle && !entry.integrity?.startsWith("sha512-")),
  );
  assert.deepEqual(
    loose.map(([name]) => name),
    [],
  );
});

test("the check of a new machine runs the emulated Raspberry Pi, which npm test leaves out, and fails where it cannot", () => {
  assert.match(read(".ci/run"), /^step "[^"]+" npm run --silent test:pi$/m);
  const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
  assert.equal(scripts["test:pi"], "OFFGAS_CI=1 node tests/run.mjs tests/pi");
  assert.ok(findSuites(root).some(isEmulated), "there is something to run");
});

test("every test is picked up by the runner", () => {
  assert.deepEqual(findStrays(files), []);
  const suites = new Set(findSuites(root).map(({ file }) => file));
  const reached = new Set(tests.flatMap((file) => importsOf(read(file)).map(({ specifier }) => targetOf(file, specifier))));
  const usesTests = (file: string) => importsOf(read(file)).some(({ specifier, kind }) => specifier === "node:test" && kind === "plain");
  const never = tests.filter((file) => usesTests(file) && !suites.has(file) && !reached.has(file));
  assert.deepEqual(never, [], "a file uses node:test, and neither runs nor is imported");
});

test("suites that need a Debian package say so and live in tests/system", () => {
  const wrong = findSuites(root).filter(({ file, needs }) => file.startsWith("tests/system/") !== needs.length > 0 && !file.startsWith("tests/pi/"));
  assert.deepEqual(
    wrong.map(({ file }) => file),
    [],
  );
});

test("no test is skipped, left for later, or alone", () => {
  const parked = tests.filter(
    (file) => file.endsWith(".test.ts") && /\b(test|it|describe|suite|t)\.(skip|todo|only)\b|[{,]\s*(skip|todo|only):/.test(read(file)),
  );
  assert.deepEqual(
    parked.filter((file) => file !== "tests/docs.test.ts"),
    [],
  );
});

test("the needs of a suite are read from its first such line", () => {
  assert.deepEqual(needsOf('// needs: influxdb, mosquitto\nimport "x";\n'), ["influxdb", "mosquitto"]);
  assert.deepEqual(needsOf('import "x"; // needs: nothing\n'), []);
});
