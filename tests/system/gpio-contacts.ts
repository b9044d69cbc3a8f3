/**
 * Run by gpio.test.ts inside a private mount namespace: the real agent with a mains contact, a door and a contact on a chip that is not there;
 * the mains contact opens. Prints what a person saw, one JSON object. Argument: a folder for the station.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { offgas, startAgent } from "../support/agent.ts";
import { statusWhen } from "../support/agent-station.ts";

const [folder = ""] = process.argv.slice(2);
const path = join(folder, "station.yaml");
writeFileSync(
  path,
  `version: 1
site: lab
station: contacts
cells: [{ id: C1 }]
channels:
  - { id: grid, quantity: contact, contact: mains, at: { station: true }, source: { driver: gpio, chip: pinctrl-bcm2835, line: 5 }, every: 200 ms }
  - { id: door, quantity: contact, contact: door, at: { station: true }, source: { driver: gpio, chip: pinctrl-bcm2835, line: 6, active: low }, every: 200 ms }
  - { id: far, quantity: contact, at: { station: true }, source: { driver: gpio, chip: pcf8574, line: 6 }, every: 200 ms }
outputs:
  - { id: cycler, kind: gpio, chip: pinctrl-bcm2835, line: 17 }
  - { id: beat, kind: gpio, chip: pinctrl-bcm2835, line: 22, role: heartbeat, period: 200 ms }
spool: { directory: ${join(folder, "spool")}, budget: 50 MB }
`,
);
writeFileSync("/sys/class/gpio/gpio517/value", "1\n");
const ends: (() => unknown)[] = [];
const agent = startAgent({ after: (end: () => unknown) => ends.push(end) } as Parameters<typeof startAgent>[0], ["--config", path]);
try {
  const checked = await offgas("check", path);
  await agent.line(({ event }) => event === "agent-start");
  const socket = join(folder, "spool", "offgas.sock");
  const before = await statusWhen(socket, ({ buses, alarms }) => buses.some(({ bus, reads }) => bus === "gpio" && reads > 4) && alarms.length > 0);
  if (before.alarms.some(({ id }) => id === "mains-lost:station")) throw new Error("mains-lost stands while the contact is closed");
  const beats: string[] = [];
  for (let look = 0; look < 12; look++) {
    beats.push(readFileSync("/sys/class/gpio/gpio534/value", "utf8").slice(0, 1));
    await new Promise((resolve) => setTimeout(resolve, 90));
  }
  writeFileSync("/sys/class/gpio/gpio517/value", "0\n");
  await agent.line(({ alarm }) => alarm === "mains-lost:station");
  const listed = await offgas("alarms", "--config", path);
  agent.child.kill("SIGTERM");
  const code = await agent.ended;
  process.stdout.write(JSON.stringify({ described: checked.stdout, beats: beats.join(""), alarms: listed.stdout, code, stderr: agent.stderr() }));
} finally {
  for (const end of ends) await end();
}
