import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { tempFolder } from "../support/temp.ts";

const script = `
  import { standardOutput } from ${JSON.stringify(new URL("../../edge-agent/agent/standard-output.ts", import.meta.url).href)};
  const output = standardOutput();
  for (let line = 0; line < 40_000; line++) output.write(\`{"msg":"\${line} ${"x".repeat(80)}"}\\n\`);
  process.on("SIGTERM", () => process.exit(0));
  process.stderr.write("went on\\n");
  setInterval(() => {}, 1000);
`;

function writer() {
  const child = spawn(process.execPath, ["--input-type=module-typescript", "--eval", script], { stdio: ["ignore", "pipe", "pipe"] });
  return { child, wentOn: once(child.stderr, "data") };
}

test("a pipe that nobody reads does not hold the writer up, and what was lost is said once somebody reads", async (t) => {
  const { child, wentOn } = writer();
  t.after(() => child.kill("SIGKILL"));
  assert.match(String((await wentOn)[0]), /went on/);
  let text = "";
  for await (const bytes of child.stdout) {
    text += bytes;
    if (text.includes("were lost")) break;
  }
  assert.match(text, /[0-9]+ lines of this log were lost while nobody read them/);
});

test("a pipe nobody reads does not keep a stopped process alive; a closed one does not end a running process", async (t) => {
  const unread = writer();
  t.after(() => unread.child.kill("SIGKILL"));
  await unread.wentOn;
  unread.child.kill("SIGTERM");
  const [code] = await once(unread.child, "exit");
  assert.equal(code, 0);

  const closed = writer();
  t.after(() => closed.child.kill("SIGKILL"));
  closed.child.stdout.destroy();
  assert.match(String((await closed.wentOn)[0]), /went on/);
  assert.equal(closed.child.exitCode, null);
});

test("a log file on a full disk costs log lines, never the process", async (t) => {
  const full = openSync("/dev/full", "w");
  t.after(() => closeSync(full));
  // /dev/full is a character device that refuses every write; through /proc it is opened like a terminal
  const child = spawn(process.execPath, ["--input-type=module-typescript", "--eval", script], { stdio: ["ignore", full, "pipe"] });
  t.after(() => child.kill("SIGKILL"));
  assert.match(String((await once(child.stderr as NodeJS.ReadableStream, "data"))[0]), /went on/);
  child.kill("SIGTERM");
  assert.deepEqual(await once(child, "exit"), [0, null]);
});

test("a log file gets every line, in order", async (t) => {
  const path = join(tempFolder(t), "log");
  const file = openSync(path, "w");
  const child = spawn(
    process.execPath,
    ["--input-type=module-typescript", "--eval", script.replace("40_000", "4000").replace("setInterval(() => {}, 1000);", "")],
    {
      stdio: ["ignore", file, "inherit"],
    },
  );
  await once(child, "exit");
  closeSync(file);
  const lines = readFileSync(path, "utf8").trim().split("\n");
  assert.deepEqual(
    lines.map((line) => Number.parseInt(JSON.parse(line).msg, 10)),
    [...Array(4000).keys()],
  );
});
