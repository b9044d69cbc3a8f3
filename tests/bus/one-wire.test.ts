import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { openLinuxOneWire, scratchpadIn } from "../../edge-agent/bus/one-wire-linux.ts";
import { addressing } from "../../edge-agent/bus/wire.ts";
import { systemClock } from "../../edge-agent/core/clock.ts";
import { ds18b20 } from "../../edge-agent/sensors/ds18b20.ts";
import { tempFolder } from "../support/temp.ts";

const rom = "28-0123456789ab";
const shown = "b8 01 4b 46 7f ff 08 10 8a : crc=8a YES\nb8 01 4b 46 7f ff 08 10 8a t=27500\n";

/** A folder tree as Linux shows it, with one chip. */
function tree(t: { after(clean: () => void): void }, content: string) {
  const root = tempFolder(t);
  mkdirSync(join(root, rom));
  const file = join(root, rom, "w1_slave");
  writeFileSync(file, content);
  return { root, file };
}

test("a DS18B20 is read from the files that Linux shows, and a chip that is taken away is missed", async (t) => {
  const { root, file } = tree(t, shown);
  const bus = openLinuxOneWire(root);
  const sensor = await ds18b20.open({ bus, address: rom, clock: systemClock }, {}, []);
  assert.deepEqual((await sensor.read(1)).outputs, { temperature: { raw: 27.5 } });
  writeFileSync(file, shown.replaceAll("b8", "b9")); // the kernel's own verdict is not asked
  await assert.rejects(sensor.read(1), { code: "sensor/checksum" });
  writeFileSync(file, "50 05 4b 46 7f ff 0c 10 1c : crc=1c YES\n50 05 4b 46 7f ff 0c 10 1c t=85000\n");
  await assert.rejects(sensor.read(1), { code: "sensor/not-ready", message: /as after power-up/ });
  writeFileSync(file, "");
  await assert.rejects(sensor.read(1), { code: "sensor/malformed" });
  rmSync(join(root, rom), { recursive: true });
  await assert.rejects(sensor.read(1), { code: "bus/no-reply", message: /28-0123456789ab is not on the wire; ls / });
  rmSync(root, { recursive: true });
  await assert.rejects(sensor.read(1), { code: "bus/unavailable", message: /enable 1-Wire .*dtoverlay=w1-gpio/ });
});

test("a wire that is not there is unavailable, with what to do", (t) => {
  assert.throws(() => openLinuxOneWire(join(tempFolder(t), "devices")), { code: "bus/unavailable", message: /does not exist: enable 1-Wire/ });
});

test("a chip whose file cannot be read does not answer", async (t) => {
  const { root, file } = tree(t, shown);
  rmSync(file);
  mkdirSync(file); // reading a folder fails, as reading a chip that has gone silent does
  await assert.rejects(openLinuxOneWire(root).scratchpad(rom), { code: "bus/no-reply", message: /did not answer \(EISDIR\)/ });
});

test("the bytes are those of the first line, and nothing else", () => {
  assert.deepEqual([...scratchpadIn(shown)], [0xb8, 0x01, 0x4b, 0x46, 0x7f, 0xff, 0x08, 0x10, 0x8a]);
  assert.deepEqual([...scratchpadIn("ff ff\nb8 01 4b 46 7f ff 08 10 8a t=27500")], [0xff, 0xff]);
  for (const text of ["", "\n", "no chip", "b8 1", "-62 : crc=00 NO"]) assert.equal(scratchpadIn(text).length, 0, text);
});

test("an address is a family and a serial number, as Linux writes them", () => {
  const { problem, spoken } = addressing["one-wire"];
  assert.deepEqual([problem(rom), spoken(rom)], [undefined, rom]);
  for (const address of [undefined, 0x28, "28-0123", "28-0123456789AB", "28.0123456789ab"]) assert.match(problem(address) ?? "", /such as "28-0123456789ab"/);
});
