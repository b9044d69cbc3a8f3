/** Which test files there are, what Debian packages each needs, and what looks like a test but would never run. */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface Suite {
  /** From the root of the project, such as `tests/spool/frame.test.ts`. */
  readonly file: string;
  /** Debian packages, from its line `// needs: mosquitto influxdb`. */
  readonly needs: readonly string[];
}

/** Every file of the project, from its root. Not what tools and runs leave there. */
export function projectFiles(root: string): string[] {
  const skipped = /^(node_modules|\.git|out)$|(^|\/)node_modules$/;
  const below = (folder: string): string[] =>
    readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (skipped.test(path)) return [];
      return entry.isDirectory() ? below(path) : entry.isFile() ? [path] : [];
    });
  return below("").sort();
}

/** Package names of a test file's `// needs:` line; none when it has no such line. */
export function needsOf(source: string): string[] {
  const line = /^\/\/ needs:(.*)$/m.exec(source)?.[1] ?? "";
  return line.split(/[\s,]+/).filter((name) => name !== "");
}

const isPicked = (file: string) => /^tests\/.*\.test\.ts$/.test(file);
const looksLikeTest = (file: string) => /[._-](test|tests|spec)\.[cm]?[jt]sx?$/.test(file);

export function findSuites(root: string): Suite[] {
  return projectFiles(root)
    .filter(isPicked)
    .map((file) => ({ file, needs: needsOf(readFileSync(join(root, file), "utf8")) }));
}

/** Files that their names say are tests, where no run would pick them up. */
export const findStrays = (files: readonly string[]): string[] => files.filter((file) => looksLikeTest(file) && !isPicked(file));

/** Emulated machines: these suites fetch some 150 MB and take minutes, so they run only when they are asked for, as `npm run test:pi` does. */
export const isEmulated = ({ file }: Pick<Suite, "file">): boolean => file.startsWith("tests/pi/");

/** Suites at or below a path, or with a word in their name; all but the emulated ones when nothing is asked. */
export function selectSuites(suites: readonly Suite[], asked: readonly string[]): Suite[] {
  const wanted = asked.map((text) => text.replace(/^\.\//, "").replace(/\/$/, ""));
  const matches = (file: string, text: string) => (text.includes("/") ? file === text || file.startsWith(`${text}/`) : file.includes(text));
  return suites.filter((suite) => (wanted.length === 0 ? !isEmulated(suite) : wanted.some((text) => matches(suite.file, text))));
}

/** Those of `names` that dpkg knows as installed; none on a system without dpkg. */
export function installedPackages(names: readonly string[]): Set<string> {
  if (names.length === 0) return new Set();
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own field syntax
  const asked = spawnSync("dpkg-query", ["--show", "--showformat", "${db:Status-Status} ${Package}\\n", ...names], { encoding: "utf8" });
  const lines = (asked.stdout ?? "").split("\n").filter((line) => line.startsWith("installed "));
  return new Set(lines.map((line) => line.slice("installed ".length)));
}

/** The sentence for a suite that cannot run here; undefined for one that can. */
export function leftOut({ file, needs }: Suite, installed: ReadonlySet<string>): string | undefined {
  const missing = needs.filter((name) => !installed.has(name));
  if (missing.length === 0) return undefined;
  return `left out: ${file}: needs ${missing.join(", ")} (apt-get install ${missing.join(" ")})`;
}
