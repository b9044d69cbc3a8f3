// needs: cpio g++-aarch64-linux-gnu
/**
 * Interrupts of a GPIO chip through the kernel and `onoff`, on QEMU's `virt` machine with its PL061: the Pi's own chip has no edges in QEMU.
 * The host turns a key switch and looks at a relay that follows it.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { boot, type Machine } from "./machine.ts";

const PL061 = 0x0903_0000; // ARM PrimeCell GPIO (PL061), DDI 0190: bits 9 to 2 of a data address mask the lines
const DIRECTION = PL061 + 0x400;
const [RELAY, KEY] = [5, 6];

const levelOf = async (machine: Machine, line: number) => ((await machine.register(PL061 + (1 << (line + 2)))) >>> line) & 1;

/** The path of the chip's input lines in QEMU's tree of devices. */
async function inputsOf(machine: Machine): Promise<string> {
  const devices = (await machine.qmp("qom-list", { path: "/machine/unattached" })) as { readonly name: string; readonly type: string }[];
  const chip = devices.find(({ type }) => type === "child<pl061>");
  assert.ok(chip, "the machine has a PL061");
  return `/machine/unattached/${chip.name} unnamed-gpio-in`;
}

test("each turn of a key switch reaches onoff as one edge, and the relay follows", async (t) => {
  const machine = await boot(t, "virt");
  const inputs = await inputsOf(machine);
  machine.start("node /tests/pi/guest/key-switch.ts");
  await machine.line(/^@@ watching$/, "watched key switch");
  assert.equal((await machine.register(DIRECTION)) & ((1 << RELAY) | (1 << KEY)), 1 << RELAY, "the relay's line is an output, the key's an input");
  assert.equal(await levelOf(machine, RELAY), 0);
  const turns = [1, 0, 1, 0] as const;
  for (const [turn, level] of turns.entries()) {
    await machine.qtest(`set_irq_in ${inputs} ${KEY} ${level}`);
    const [edge] = await machine.line(/^@@ edge .*$/, `edge ${turn + 1} of ${turns.length}`, turn);
    assert.equal(edge, `@@ edge ${level}, relay ${level === 1}`);
    assert.equal(await levelOf(machine, RELAY), level);
  }
  assert.equal(machine.all(/^@@ edge /).length, turns.length, "no edge more");
});
