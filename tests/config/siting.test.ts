/** What `check` says of chips that stand where they cannot do their work. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Loose, said } from "./base.ts";

const scd30 = (station: Loose, more: Loose = {}) => {
  station.buses.push({ id: "soft", kind: "i2c", device: 5, deadline: "400 ms" });
  station.channels.push({
    id: "P1.ndir",
    quantity: "co2",
    every: "2 s",
    t90: "20 s",
    place: "sample-line",
    at: { pack: "P1" },
    source: { driver: "scd30", bus: "soft", address: 0x61 },
    ...more,
  });
};

test("a chip that stretches the clock is welcome on a bus of its own", () => {
  assert.deepEqual(
    said((s) => scd30(s)),
    [],
  );
});

test("it is warned of on the Pi's own I2C, and refused where the deadline is shorter than it stretches", () => {
  const own = said((s) => scd30(s, { source: { driver: "scd30", bus: "i2c-1", address: 0x61 } }));
  assert.match(own.join("\n"), /^warning: channels\[3\]\.source\.bus: scd30 stretches the clock, which the Pi's own I2C \(device 1\).*i2c-gpio/m);
  const short = said((s) => {
    scd30(s);
    s.buses[2].deadline = "100 ms";
  });
  assert.deepEqual(short.length, 1);
  assert.match(short[0] ?? "", /scd30 may hold the clock for 150 ms; give its bus a longer deadline, such as "deadline: 300 ms"/);
});

test("a chip in the chamber is warned of where the station plans to heat it beyond its maker's range, once for all its channels", () => {
  const lines = said((s) => scd30(s, { place: "headspace" }));
  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? "", /^warning: .*line \d+ plans for 130 degC here, and the maker of scd30 allows 0 to 50 degC/);
});

test("a chip in a carrier gas that it was not made for is warned of", () => {
  const lines = said((s) => {
    scd30(s);
    s.packs[0].gas_space = { free_volume: "20 L", atmosphere: "argon", ventilation: "0 /h", leak_rate: "unknown" };
  });
  assert.match(lines.join("\n"), /the gas around P1 is argon, and scd30 measures in air: its readings are uncertain there/);
});

test("a channel that is stale before its bus gives up is warned of", () => {
  const lines = said((s) => {
    s.buses[0].deadline = "1 s";
    s.channels[0].every = "200 ms";
  });
  assert.match(lines.join("\n"), /^warning: channels\[0\]\.every: three periods are shorter than the deadline of i2c-1.*"deadline: 600 ms"/m);
});

test("two chips at one address are parted by a free strap of either, or by another bus", () => {
  const clash = said((s) => {
    s.channels[2].source.address = 0x62;
    s.channels.push({ id: "X", quantity: "co2", every: "5 s", at: { cell: "C2" }, source: { driver: "scd30", bus: "i2c-3", address: 0x61 } });
    s.channels.push({ id: "Y", quantity: "temperature", at: { cell: "C2" }, source: { driver: "mcp9601", bus: "i2c-1", address: 0x62 } });
  });
  assert.match(clash.join("\n"), /found 0x62 on i2c-1, where line \d+ has a scd41; strap or order mcp9601 for 0x60, or give one of the two another bus/);
});
