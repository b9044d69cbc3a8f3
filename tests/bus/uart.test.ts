import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { openLinuxPort } from "../../edge-agent/bus/uart-linux.ts";
import { tempFolder } from "../support/temp.ts";

test("a port that is not there, and one that is no port, say what to do", async (t) => {
  const folder = tempFolder(t);
  await assert.rejects(openLinuxPort(join(folder, "ttyUSB9"), 9600), { code: "bus/unavailable", message: /ttyUSB9 does not exist: enable the serial port/ });
  writeFileSync(join(folder, "file"), "");
  await assert.rejects(openLinuxPort(join(folder, "file"), 9600), { code: "bus/unavailable", message: /file cannot be opened: .*; end what else uses it/ });
});
