import assert from "node:assert/strict";
import { test } from "node:test";
import { type Loose, said } from "./base.ts";

const replay = (column: string, unit: string) => ({ driver: "replay", column, unit });
const addChannel = (station: Loose, more: Loose) => station.channels.push({ id: "X", quantity: "temperature", at: { cell: "C1" }, ...more });
const contact = { quantity: "contact", contact: "mains", source: { driver: "gpio", chip: "pinctrl-bcm2835", line: 5, active: "low" } };
const rtu = (id: string) => ({ id, kind: "modbus-rtu", path: "/dev/ttyUSB0" });
const broker = { kind: "mqtt", url: "mqtts://broker" };
const mqtt = (more: Loose = {}) => ({ driver: "mqtt", topic: "chamber/t", unit: "degC", ...more });
const table = { driver: "csv-tail", file: "cycler/ch7.csv", column: "T(C)", unit: "degC" };
const page = { actor: "page", role: "operator", key_file: "page.key" };
const v2 = { kind: "influxdb", url: "http://127.0.0.1:8086", flavour: "v2", bucket: "b", org: "o", token_file: "t" };
const w1 = { id: "w1", kind: "one-wire" };
const spi = { id: "spi-0", kind: "spi", device: 1 };
const onEvents = /found "event", which is for outputs of chips that are silent but for events; write how often a value comes, such as "1 s"/;

/** One change to a station without fault, and the one line that it must bring: path, then words of the message. */
const rows: [name: string, change: (station: Loose) => void, path: string, words: RegExp][] = [
  ["a cell twice", (s) => s.cells.push({ id: "C2" }), "cells[2].id", /found "C2", which line \d+ has already/],
  ["an output twice", (s) => s.outputs.push({ id: "beat", kind: "simulated", energised_means: "active" }), "outputs[2].id", /has already/],
  ["a cell called station", (s) => s.cells.push({ id: "station" }), "cells[2].id", /whole station/],
  ["a channel with a cell's id", (s) => (s.channels[2].id = "C2"), "channels[2].id", /a cell or pack bears/],
  ["a pack with another pack's cell's id", (s) => s.packs.push({ id: "C1" }) && s.cells.push({ id: "C3", pack: "C1" }), "packs[1].id", /cell of another pack/],
  ["a cell in no pack", (s) => (s.cells[1].pack = "P2"), "cells[1].pack", /no pack here; did you mean "P1"\?/],
  [
    "a pack of which nothing is said",
    (s) => {
      s.packs = [];
      for (const cell of s.cells) cell.pack = "P1";
    },
    "cells[0].pack",
    /^warning: .*nothing is known of the gas space of "P1"/,
  ],
  ["a pack without cells", (s) => s.packs.push({ id: "Q" }), "packs[1].id", /^warning: .*no cell is in/],
  ["a channel at no pack", (s) => (s.channels[2].at.pack = "P9"), "channels[2].at.pack", /no pack here/],
  ["a limit at no channel", (s) => (s.limits[0].at = { channel: "C1.x" }), "limits[0].at.channel", /no channel here; did you mean "C1.t"\?/],
  ["an interlock on no output", (s) => s.interlocks[0].open.push("permitt"), "interlocks[0].open[1]", /did you mean "permit"\?/],
  ["an interlock on the heartbeat", (s) => s.interlocks[0].open.push("beat"), "interlocks[0].open[1]", /is the heartbeat/],
  ["an output that no interlock names", (s) => (s.interlocks = []), "outputs[0]", /^warning: .*opens on every alarm of severity trip/],
  ["no such bus", (s) => (s.channels[2].source.bus = "i2c-2"), "channels[2].source.bus", /no bus here; did you mean/],
  ["two buses, one device", (s) => (s.buses[1].device = 1), "buses[1].device", /line \d+ has already/],
  ["an unknown driver", (s) => (s.channels[2].source.driver = "scd14"), "channels[2].source.driver", /did you mean "scd41"\?/],
  [
    "a recording's driver misspelt",
    (s) => (s.channels[2].source = { ...replay("c", "ppm"), driver: "repaly" }),
    "channels[2].source.driver",
    /did you mean "replay"\?/,
  ],
  ["a chip that measures something else", (s) => (s.channels[2].quantity = "h2"), "channels[2].source.driver", /does not measure h2; it gives co2, humidity/],
  ["an output of another quantity", (s) => (s.channels[2].source.output = "humidity"), "channels[2].source.output", /write co2/],
  ["an address that the chip has not", (s) => (s.channels[2].source.address = 0x61), "channels[2].source.address", /found 0x61; scd41 answers at 0x62/],
  ["an option that the chip has not", (s) => (s.channels[2].source.tempo = 1), "channels[2].source.tempo", /unknown key "tempo"/],
  [
    "an option's wrong choice",
    (s) => addChannel(s, { source: { driver: "mcp9601", bus: "i2c-3", address: 0x67, thermocouple: "Z" } }),
    "channels[3].source.thermocouple",
    /write one of K, J/,
  ],
  [
    "an option that must be stated",
    (s) => addChannel(s, { quantity: "pressure", source: { driver: "hsc", bus: "i2c-3", address: 0x28 } }),
    "channels[3].source",
    /hsc needs range: missing; write one of 015PA, 030PA/,
  ],
  ["one chip, two settings", (s) => (s.channels[1].source.thermocouple = "J"), "channels[1].source", /other options on line/],
  ["one output, two channels", (s) => (s.channels[1].source.output = "temperature"), "channels[1].source", /takes the output temperature .* already/],
  ["faster than the chip", (s) => (s.channels[2].every = "1 s"), "channels[2].every", /^warning: .*write "5 s"/],
  ["a gas without t90", (s) => delete s.channels[2].t90, "channels[2]", /^warning: .*t90/],
  ["gas of what is no flow", (s) => (s.channels[2].gas = "co2"), "channels[2].gas", /^warning: /],
  ["no essential channel", (s) => delete s.channels[0].essential, "channels", /^warning: .*no channel is essential/],
  [
    "an expired calibration",
    (s) => (s.channels[0].calibration = { id: "A", date: "2025-01-01", expires: "2026-01-01" }),
    "channels[0].calibration.expires",
    /^warning: .*expired on 2026-01-01/,
  ],
  [
    "a calibration that ends before it begins",
    (s) => (s.channels[0].calibration = { id: "A", date: "2026-02-01", expires: "2026-01-01" }),
    "channels[0].calibration.expires",
    /not after/,
  ],
  ["a calibration from the future", (s) => (s.channels[0].calibration = { id: "A", date: "2027-02-01" }), "channels[0].calibration.date", /^warning: .*future/],
  ["two buses, one serial line", (s) => s.buses.push(rtu("m"), rtu("n")), "buses[3].path", /found \/dev\/ttyUSB0, which the bus on line \d+ has already/],
  ["a serial line that is none", (s) => s.buses.push({ ...rtu("m"), path: "COM1" }), "buses[2].path", /write the serial device, such as \/dev\/ttyUSB0/],
  ["a parity that there is not", (s) => s.buses.push({ ...rtu("m"), parity: "mark" }), "buses[2].parity", /none, even/],
  ["an mqtt source without a broker", (s) => addChannel(s, { source: mqtt() }), "channels[3].source.driver", /broker of the mqtt sink, and there is none; add/],
  [
    "an mqtt source and two brokers",
    (s) => addChannel(s, { source: mqtt() }) && s.sinks.push(broker, { ...broker, url: "mqtts://other" }),
    "channels[3].source.driver",
    /^warning: there are 2 mqtt sinks; topics are read from the first/,
  ],
  [
    "an mqtt source that the station writes itself",
    (s) => addChannel(s, { source: mqtt({ topic: "offgas/lab/chamber-1/sample/C1.t" }) }) && s.sinks.push(broker),
    "channels[3].source.topic",
    /which this station writes itself/,
  ],
  [
    "a topic with a wildcard",
    (s) => addChannel(s, { source: mqtt({ topic: "cycler/+" }) }) && s.sinks.push(broker),
    "channels[3].source.topic",
    /found "cycler\/\+"; write one topic, without the wildcards/,
  ],
  [
    "a path that names more than one value",
    (s) => addChannel(s, { source: mqtt({ path: "$.cells[*]" }) }) && s.sinks.push(broker),
    "channels[3].source.path",
    /found "\$\.cells\[\*\]"; write where the value stands in a message, such as \$\.V/,
  ],
  [
    "a unit that an mqtt source cannot have",
    (s) => addChannel(s, { source: mqtt({ unit: "V" }) }) && s.sinks.push(broker),
    "channels[3].source.unit",
    /found "V", which is no unit of temperature/,
  ],
  [
    "a csv-tail source without a column",
    (s) => addChannel(s, { source: { driver: "csv-tail", file: "ch7.csv", unit: "degC" } }),
    "channels[3].source.column",
    /missing/,
  ],
  [
    "a unit that a csv-tail source cannot have",
    (s) => addChannel(s, { source: { ...table, unit: "V" } }),
    "channels[3].source.unit",
    /found "V", which is no unit of temperature/,
  ],
  ["a csv-tail source with a time column", (s) => addChannel(s, { source: { ...table, time_column: "t" } }), "channels[3].source.time_column", /unknown key/],
  ["a topic on events", (s) => addChannel(s, { every: "event", source: mqtt() }) && s.sinks.push(broker), "channels[3].every", onEvents],
  ["a table on events", (s) => addChannel(s, { every: "event", source: table }), "channels[3].every", onEvents],
  ["a recording on events", (s) => (s.channels = [{ ...s.channels[0], every: "event", source: replay("t", "degC") }]), "channels[0].every", onEvents],
  [
    "a switch on events",
    (s) => addChannel(s, { ...contact, every: "event" }),
    "channels[3].every",
    /write how often it is read, beside its edges, such as "1 s"/,
  ],
  ["a beat of weeks", (s) => (s.channels[2].every = "8 d"), "channels[2].every", /found "8 d"; write at most "7 d"/],
  ["two spi buses on a device", (s) => s.buses.push(spi, { ...spi, id: "spi-1" }), "buses[3].device", /which the bus on line \d+ has already/],
  ["two 1-Wire buses", (s) => s.buses.push(w1, { ...w1, id: "w2" }), "buses[3].kind", /which the bus on line \d+ has already/],
  [
    "more 1-Wire chips than there is time for",
    (s) => {
      s.buses.push(w1);
      addChannel(s, { every: "2 s", source: { driver: "ds18b20", bus: "w1", address: "28-0123456789ab" } });
      addChannel(s, { id: "Y", every: "1 s", source: { driver: "ds18b20", bus: "w1", address: "28-0123456789ac" } });
    },
    "channels[4].every",
    /^warning: 2 chips on w1 convert one behind .*write "2 s"/,
  ],
  [
    "an address that is none of 1-Wire",
    (s) => s.buses.push(w1) && addChannel(s, { source: { driver: "ds18b20", bus: "w1", address: 0x28 } }),
    "channels[3].source.address",
    /found 40; write the number of the chip as Linux shows it, such as "28-0123456789ab"/,
  ],
  ["a deadline within a conversion", (s) => s.buses.push({ ...w1, deadline: "250 ms" }), "buses[2].deadline", /found "250 ms"; write at least "1 s"/],
  [
    "a load cell amplifier that Linux cannot clock",
    (s) => addChannel(s, { quantity: "force", source: { driver: "hx711", bus: "i2c-3" } }),
    "channels[3].source.driver",
    /^found "hx711": a pause of 60 us .*driver: nau7802/,
  ],
  ["replay among live channels", (s) => addChannel(s, { source: replay("t", "K") }), "channels", /^warning: .*replay/],
  ["an alarm without a limit", (s) => (s.limits[0].alarm = "runaway"), "limits[0].alarm", /no fixed limit/],
  ["a limit of another dimension", (s) => (s.limits[0].value = "130 kPa"), "limits[0].value", /found the unit "kPa" .*degC/],
  ["a limit without a unit", (s) => (s.limits[0].value = "130"), "limits[0].value", /has no unit; .*"130 degC"/],
  ["a number as a limit", (s) => (s.limits[0].value = 130), "limits[0].value", /found 130, which has no unit/],
  ["an absurd limit", (s) => (s.limits[0].value = "13000 degC"), "limits[0].value", /lies between/],
  ["a limit on the wrong channel", (s) => (s.limits[0].at = { channel: "P1.co2" }), "limits[0].at", /found a co2 channel/],
  [
    "a limit that watches nothing",
    (s) => (s.limits[0] = { alarm: "over-pressure", at: { cell: "C1" }, value: "2 bar" }),
    "limits[0].at",
    /^warning: .*watches nothing/,
  ],
  ["a limit widened beyond max_temperature", (s) => delete s.limits[0].reason, "limits[0].reason", /wider than the cell's max_temperature of 60 degC/],
  [
    "a limit widened beyond the table",
    (s) => s.limits.push({ alarm: "toxic-gas", at: { channel: "P1.co2" }, value: "4 pct" }),
    "limits[1].reason",
    /wider than the default 30000 ppm/,
  ],
  ["two gpio outputs on a line", (s) => (s.outputs[1].line = 17), "outputs[1].line", /which text line \d+ has already; .* one output or one input/],
  [
    "an input on an output's line",
    (s) => addChannel(s, { ...contact, source: { ...contact.source, line: 17 } }),
    "channels[3].source.line",
    /found pinctrl-bcm2835 line 17, which text line/,
  ],
  ["two inputs on a line", (s) => [addChannel(s, contact), addChannel(s, { ...contact, id: "Y" })], "channels[4].source.line", /one output or one input/],
  [
    "a gpio source of another quantity",
    (s) => addChannel(s, { source: contact.source }),
    "channels[3].quantity",
    /gpio reads a switch: write "quantity: contact"/,
  ],
  ["a chip that should read a contact", (s) => (s.channels[2].quantity = "contact"), "channels[2].source.driver", /scd41 does not measure contact/],
  [
    "a meaning of a switch that is none",
    (s) => (s.channels[0].contact = "door"),
    "channels[0].contact",
    /this is a temperature: remove it, or write "quantity: contact"/,
  ],
  [
    "a meaning that is not known",
    (s) => addChannel(s, { ...contact, contact: "doors" }),
    "channels[3].contact",
    /did you mean "door"\? \(one of mains, door, emergency-stop/,
  ],
  ["a level that is none", (s) => addChannel(s, { ...contact, source: { ...contact.source, active: "lo" } }), "channels[3].source.active", /high/],
  ["an input without a line", (s) => addChannel(s, { ...contact, source: { driver: "gpio", chip: "x" } }), "channels[3].source.line", /missing; add "line/],
  ["gpio without a chip", (s) => delete s.outputs[0].chip, "outputs[0].chip", /needs the label of its chip/],
  ["gpio without a line", (s) => delete s.outputs[0].line, "outputs[0].line", /needs its line/],
  ["a heartbeat without a period", (s) => delete s.outputs[1].period, "outputs[1].period", /add "period: 1 s"/],
  ["a heartbeat of weeks", (s) => (s.outputs[1].period = "30 d"), "outputs[1].period", /found "30 d"; write at most "7 d"/],
  ["a permit with a period", (s) => (s.outputs[0].period = "1 s"), "outputs[0].period", /^warning: /],
  ["a phase twice", (s) => s.intent.phases.push({ id: "ramp" }), "intent.phases[1].id", /ids of phases are unique/],
  ["planned trouble", (s) => s.intent.phases[0].planned.push("sensor-lost"), "intent.phases[0].planned[1]", /cannot be planned/],
  ["a planned runaway in storage", (s) => (s.intent.kind = "storage"), "intent.phases[0].planned[0]", /^warning: .*is it not abuse/],
  ["v1 without a database", (s) => delete s.sinks[0].database, "sinks[0].database", /flavour v1 needs it/],
  ["v2 without a bucket", (s) => (s.sinks = [{ ...v2, bucket: undefined }]), "sinks[0].bucket", /flavour v2 needs it/],
  ["v2 without an org", (s) => (s.sinks = [{ ...v2, org: undefined }]), "sinks[0].org", /flavour v2 needs it/],
  ["v3 without a token", (s) => (s.sinks = [{ ...v2, flavour: "v3", token_file: undefined }]), "sinks[0].token_file", /flavour v3 needs it/],
  ["a bucket for v1", (s) => (s.sinks[0].bucket = "b"), "sinks[0].bucket", /^warning: .*does not use it/],
  ["a user without a password", (s) => delete s.sinks[0].password_file, "sinks[0].password_file", /a user needs a password/],
  ["a password without a user", (s) => delete s.sinks[0].user, "sinks[0].user", /needs its user/],
  ["a password in the address", (s) => (s.sinks[0].url = "http://a:b@127.0.0.1:8086"), "sinks[0].url", /holds a user or password/],
  ["a password over plain http", (s) => (s.sinks[0].url = "http://10.0.0.1:8086"), "sinks[0].url", /^warning: .*write https:/],
  [
    "a password over plain mqtt",
    (s) => (s.sinks[0] = { kind: "mqtt", url: "mqtt://broker", user: "u", password_file: "p" }),
    "sinks[0].url",
    /^warning: .*write mqtts:/,
  ],
  ["a ca_file that is not used", (s) => (s.sinks[0].ca_file = "ca"), "sinks[0].url", /^warning: .*ca_file is not used/],
  [
    "a key for an actor that has one",
    (s) => s.sinks.push({ ...broker, commands: [page, { ...page, key_file: "other" }] }),
    "sinks[1].commands[1].actor",
    /found "page" again; each actor has one key/,
  ],
  [
    "an actor that no id can be",
    (s) => s.sinks.push({ ...broker, commands: [{ ...page, actor: "pa ge\n" }] }),
    "sinks[1].commands[0].actor",
    /found "pa ge\\u\{a\}"; write letters, digits/,
  ],
  [
    "one key for two actors",
    (s) => s.sinks.push({ ...broker, commands: [page, { ...page, actor: "nurse", role: "viewer" }] }),
    "sinks[1].commands[1].key_file",
    /^warning: .*"page" has the same key, and each can speak as the other; write a file for each/,
  ],
  [
    "a commander without a key",
    (s) => s.sinks.push({ ...broker, commands: [{ actor: "page", role: "operator" }] }),
    "sinks[1].commands[0].key_file",
    /missing/,
  ],
  [
    "a role that there is not",
    (s) => s.sinks.push({ ...broker, commands: [{ ...page, role: "admin" }] }),
    "sinks[1].commands[0].role",
    /one of viewer, operator/,
  ],
  ["commands from nobody", (s) => s.sinks.push({ ...broker, commands: [] }), "sinks[1].commands", /add at least one/],
  ["one sink twice", (s) => s.sinks.push({ ...s.sinks[0] }), "sinks[1]", /already writes there/],
  ["sinks without a spool", (s) => delete s.spool, "spool", /sinks need a spool/],
];

for (const [name, change, path, words] of rows) {
  test(name, () => {
    const lines = said(change);
    assert.equal(lines.length, 1, lines.join("\n"));
    const [line = ""] = lines;
    assert.match(line.startsWith("warning: ") ? line.replace(`${path}: `, "") : line.slice(path.length + 2), words);
    assert.ok(line.replace("warning: ", "").startsWith(`${path}: `), line);
  });
}

const silent: [name: string, change: (station: Loose) => void][] = [
  ["an mqtt source and its broker", (s) => addChannel(s, { source: mqtt({ path: "$['T 1'][0]" }) }) && s.sinks.push(broker)],
  ["a table and a set-point", (s) => addChannel(s, { at: { station: true }, place: "set-point", source: table })],
  ["the same chip with the same options written out", (s) => (s.channels[1].source.thermocouple = "K")],
  ["the same address on another bus", (s) => addChannel(s, { source: { driver: "mcp9601", bus: "i2c-3", address: 0x67 } })],
  ["a pack of one cell that says its gas space", (s) => s.packs.push({ id: "C2", gas_space: { free_volume: "unknown" } })],
  ["a channel at a cell that is its own pack", (s) => (s.channels[2].at = { pack: "C2" })],
  ["a tighter limit without a reason", (s) => (s.limits[0] = { alarm: "over-temperature", at: { cell: "C1" }, value: "45 degC" })],
  [
    "a further limit above max_temperature, which widens none",
    (s) => (s.limits[0] = { alarm: "over-temperature", at: { cell: "C1" }, severity: "trip", value: "90 degC" }),
  ],
  ["a limit in kelvin", (s) => (s.limits[0].value = "400 K")],
  ["no address for plain http on loopback", (s) => (s.sinks[0].url = "http://[::1]:8086")],
  ["an interlock on a signal", (s) => s.outputs.push({ id: "siren", kind: "simulated", energised_means: "active" }) && s.interlocks[0].open.push("siren")],
];
for (const [name, change] of silent) test(`nothing is said of ${name}`, () => assert.deepEqual(said(change), []));

test("what is refused is not called missing, nor what depends on it wrong", () => {
  assert.deepEqual(said((s) => (s.outputs[1].period = 1)).length, 1);
  assert.deepEqual(said((s) => (s.sinks[0].flavour = "v9")).length, 1);
  assert.deepEqual(said((s) => (s.cells = { id: "C1" })).length, 1);
  assert.deepEqual(said((s) => delete s.packs[0].id).length, 1);
});

test("a refused item does not shift the others", () => {
  const lines = said((s) => {
    s.channels.unshift(5);
    s.channels[3].at.pack = "P9";
  });
  assert.deepEqual(
    lines.map((line) => line.split(": ")[0]),
    ["channels[0]", "channels[3].at.pack"],
  );
});
