/**
 * Runs the suites that can run here and names those that cannot. Paths select suites; words that begin with `-` go to `node --test`.
 * With OFFGAS_CI=1 a suite that was left out is a failure.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { end, endOverdue, markedProcesses } from "./marked.ts";
import { findStrays, findSuites, installedPackages, isEmulated, leftOut, projectFiles, selectSuites } from "./suites.ts";

const root = resolve(import.meta.dirname, "../..");
const mark = ["OFFGAS_TEST_RUN", `${process.pid}-${Date.now()}`] as const;
const problems: string[] = [];

const asked = process.argv.slice(2);
const suites = findSuites(root);
const selected = selectSuites(
  suites,
  asked.filter((word) => !word.startsWith("-")),
);
if (selected.length === 0) {
  process.stderr.write(`npm test: no suite matches ${asked.join(" ")}: name a path below tests/, such as tests/contracts\n`);
  process.exit(2);
}
/** For one test. An emulated machine takes its time, and the more where others work too. */
const TEST_LIMIT_s = selected.some(isEmulated) ? 840 : 240;
/** For one file with all that it starts; longer than a test's own limit, which names the test. */
const FILE_LIMIT_s = TEST_LIMIT_s + 60;
const installed = installedPackages([...new Set(selected.flatMap(({ needs }) => needs))]);
const runnable = selected.filter((suite) => leftOut(suite, installed) === undefined);

if (runnable.length > 0) await run(runnable.map(({ file }) => file));

for (const stray of findStrays(projectFiles(root))) problems.push(`never runs: ${stray}: name it tests/**/*.test.ts`);
const absent = selected.flatMap((suite) => leftOut(suite, installed) ?? []);
process.stdout.write([...absent, ...problems].map((line) => `${line}\n`).join(""));
if (problems.length > 0 || (absent.length > 0 && process.env.OFFGAS_CI === "1")) process.exitCode = 1;

/** One `node --test` over all files, with its own reporter. */
async function run(files: readonly string[]): Promise<void> {
  const options = asked.filter((word) => word.startsWith("-"));
  // suites wait for servers about as long as they compute; two more of them than cores made a start late enough to fail a test
  const args = ["--test", `--test-concurrency=${availableParallelism() + 1}`, `--test-timeout=${TEST_LIMIT_s * 1000}`, ...options, ...files];
  const env = {
    ...process.env,
    [mark[0]]: mark[1],
    NODE_COMPILE_CACHE: join(root, "node_modules/.cache/compile"),
    PATH: [join(root, "node_modules/.bin"), process.env.PATH].join(delimiter),
  };
  const runner = spawn(process.execPath, args, { cwd: root, env, stdio: "inherit" });
  const stop = endOverdue(
    mark.join("="),
    () => runner.pid,
    FILE_LIMIT_s,
    ({ pid, command }) => {
      problems.push(`ended after ${FILE_LIMIT_s} s: ${command} (process ${pid})`);
    },
  );
  // `node --test` ends its files by itself on the first of these; what they started is swept below.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => runner.kill("SIGTERM"));
  const [code] = await once(runner, "exit");
  stop();
  for (const { pid, command } of markedProcesses(mark.join("="))) {
    problems.push(`left behind: ${command} (process ${pid}): the suite that started it must end it`);
    end(pid);
  }
  process.exitCode = code ?? 1;
}
