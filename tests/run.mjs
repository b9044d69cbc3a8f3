/**
 * `npm test`, and `npm test -- tests/spool` for a part. Plain JavaScript up to the set-up, which any Node from 20 can do; the pinned Node
 * runs the rest.
 */
import { spawn, spawnSync } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const setUp = spawnSync(process.execPath, [path.join(root, "deploy/bootstrap.mjs")], { stdio: "inherit" });
if (setUp.status !== 0) process.exit(setUp.status ?? 1);

const node = path.join(root, `node_modules/node-linux-${process.arch}/bin/node`);
const runner = spawn(node, [path.join(root, "tests/runner/main.ts"), ...process.argv.slice(2)], { cwd: root, stdio: "inherit" });
// A Ctrl-C reaches the runner by itself; here it only must not end the wait for it.
process.on("SIGINT", () => {});
for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => runner.kill(signal));
runner.on("exit", (code) => process.exit(code ?? 1));
