/** The real system call through the real `koffi`, on files that are no GPIO. */
import assert from "node:assert/strict";
import { closeSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { loadIoctl } from "../../edge-agent/outputs/ioctl.ts";
import { tempFolder } from "../support/temp.ts";

/** asm-generic/ioctls.h, the same on x86-64 and arm64. */
const TIOCGWINSZ = 0x5413;
const FIONREAD = 0x541b;

function fileOf(t: TestContext, content: string): number {
  const path = join(tempFolder(t), "file");
  writeFileSync(path, content);
  const fd = openSync(path, "r");
  t.after(() => closeSync(fd));
  return fd;
}

test("the kernel writes into the argument", async (t) => {
  const ioctl = await loadIoctl();
  const unread = Buffer.alloc(4);
  ioctl(fileOf(t, "twelve bytes"), FIONREAD, unread);
  assert.equal(unread.readInt32LE(), 12);
});

test("what the kernel refuses is thrown with its code", async (t) => {
  const ioctl = await loadIoctl();
  assert.throws(() => ioctl(fileOf(t, ""), TIOCGWINSZ, Buffer.alloc(8)), { code: "ENOTTY", message: "ENOTTY, ioctl" });
  assert.throws(() => ioctl(-1, FIONREAD, Buffer.alloc(4)), { code: "EBADF" });
});

test("without koffi it says what to do", async () => {
  await assert.rejects(
    loadIoctl(() => import("koffi-that-is-not-there" as string)),
    { code: "output/unavailable", message: /^the package koffi cannot be loaded \(.*\); run `node deploy\/bootstrap.mjs` again$/ },
  );
});
