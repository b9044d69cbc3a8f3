import assert from "node:assert/strict";
import test from "node:test";
import { parseScriptedFault } from "../../edge-agent/bus/scripted-fault.ts";
import { stationSchema } from "../../edge-agent/contracts/station.ts";
import { catalogue } from "../../edge-agent/sensors/catalogue.ts";
import { openBuses, plansOf } from "../../edge-agent/sensors/open.ts";
import { outputFor } from "../../edge-agent/sensors/options.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { chip, stationOf } from "./station.ts";

const options = { simulated: true, faults: [], clock: new VirtualClock(), origin_s: 100 };

test("channels of one chip share it, at the smallest of their periods, with every option it has", () => {
  const station = stationOf([
    chip("t", "temperature", "mcp9601", "i2c-1", 0x67, { every: "2 s" }),
    chip("co2", "co2", "scd41", "i2c-1", 0x62, { every: "10 s" }),
    chip("cold", "temperature", "mcp9601", "i2c-1", 0x67, { every: "1 s", output: "cold_junction", thermocouple: "J" }),
    chip("elsewhere", "temperature", "mcp9601", "i2c-2", 0x67),
  ]);
  const [first, second, ...none] = plansOf(station, { ...options, faults: [parseScriptedFault("i2c-1/0x67:hang@5s")] });
  assert.equal(none.length, 0);
  assert.deepEqual(first?.sensors, [
    {
      driver: "mcp9601",
      address: 0x67,
      options: { thermocouple: "J", filter: 0 },
      period_s: 1,
      channels: [
        { channel: 0, name: "temperature", output: "temperature", keys: {} },
        { channel: 2, name: "cold_junction", output: "cold_junction", keys: {} },
      ],
    },
    { driver: "scd41", address: 0x62, options: {}, period_s: 10, channels: [{ channel: 1, name: "co2", output: "co2", keys: {} }] },
  ]);
  assert.deepEqual(first?.faults, [{ address: 0x67, fault: "hang", at_s: 105 }]);
  assert.deepEqual([second?.bus, second?.wire, second?.sensors.length, second?.faults], ["i2c-2", { kind: "i2c", device: 2 }, 1, []]);
});

test("each kind of bus is opened as its own kind, and faults find a chip by its address there", () => {
  const station = stationSchema.parse({
    version: 1,
    site: "lab",
    station: "one",
    cells: [{ id: "C1" }],
    buses: [
      { id: "spi-0", kind: "spi", device: 0 },
      { id: "w1", kind: "one-wire" },
    ],
    channels: [
      { id: "a", quantity: "temperature", at: { cell: "C1" }, source: { driver: "max31865", bus: "spi-0", address: 1, wires: 3, reference: "430 ohm" } },
      { id: "b", quantity: "temperature", at: { cell: "C1" }, source: { driver: "ds18b20", bus: "w1", address: "28-0123456789ab" } },
    ],
  });
  const faults = ["spi-0/1:nack@1s", "w1/28-0123456789ab:nack@2s"].map(parseScriptedFault);
  const [spi, oneWire] = plansOf(station, { ...options, faults });
  assert.deepEqual([spi?.wire, spi?.deadline_s, oneWire?.wire, oneWire?.deadline_s], [{ kind: "spi", device: 0 }, 0.25, { kind: "one-wire" }, 1.5]);
  assert.deepEqual(spi?.sensors[0]?.options, { element: "PT100", wires: 3, reference: 430, mains_Hz: 50 });
  assert.deepEqual(
    [spi, oneWire].map((plan) => plan?.faults.map(({ address }) => address)),
    [[1], ["28-0123456789ab"]],
  );
});

test("recorded channels and buses without sensors open nothing", () => {
  const replayed = stationSchema.parse({
    version: 1,
    site: "lab",
    station: "one",
    cells: [{ id: "C1" }],
    buses: [{ id: "i2c-1", kind: "i2c", device: 1 }],
    channels: [{ id: "t", quantity: "temperature", at: { cell: "C1" }, source: { driver: "replay", column: "t", unit: "degC" } }],
  });
  assert.deepEqual(openBuses(replayed, options), []);
});

const refused: readonly [name: string, channels: Parameters<typeof stationOf>[0], faults: readonly string[], message: RegExp][] = [
  ["an unknown driver", [chip("t", "temperature", "scd14", "i2c-1", 0x62)], [], /no driver "scd14"; there are abp2, /],
  ["a quantity that the chip does not give", [chip("p", "pressure", "scd41", "i2c-1", 0x62)], [], /scd41 gives co2, temperature, humidity, no pressure/],
  [
    "an option that must be stated",
    [chip("p", "pressure", "hsc", "i2c-1", 0x28, { range: "030PA" })],
    [],
    /hsc at 0x28 on i2c-1: transfer: missing; write one of A, B/,
  ],
  ["two chips at one address", [chip("a", "temperature", "mcp9601", "i2c-1", 0x62), chip("b", "co2", "scd41", "i2c-1", 0x62)], [], /both mcp9601 and scd41/],
  [
    "a fault on no bus",
    [chip("t", "temperature", "mcp9601", "i2c-1", 0x67)],
    ["i2c-9/0x67:nack@1s"],
    /no sensor stands on a bus "i2c-9"; buses with sensors: i2c-1/,
  ],
  ["a fault that names no chip", [chip("t", "temperature", "mcp9601", "i2c-1", 0x67)], ["i2c-1:nack@1s"], /nothing stands at no address on i2c-1; chips: 0x67/],
  [
    "a fault that makes no sense for the part",
    [chip("t", "temperature", "mcp9601", "i2c-1", 0x67)],
    ["i2c-1/0x67:baseline@1s"],
    /fault baseline makes no sense for the mcp9601 on i2c-1: it has no automatic self-calibration/,
  ],
  ["a fault at no chip", [chip("t", "temperature", "mcp9601", "i2c-1", 0x67)], ["i2c-1/0x66:nack@1s"], /nothing stands at 0x66 on i2c-1; chips: 0x67/],
];
for (const [name, channels, faults, message] of refused) {
  test(`${name} is refused`, () => {
    assert.throws(() => openBuses(stationOf(channels), { ...options, faults: faults.map(parseScriptedFault) }), { code: "config/invalid", message });
  });
}

test("a step of the machine's clock is a fault of no bus", () => {
  const station = stationOf([chip("t", "temperature", "mcp9601", "i2c-1", 0x67)]);
  const [plan] = plansOf(station, { ...options, faults: [parseScriptedFault("host:clock-step@1s")] });
  assert.deepEqual(plan?.faults, []);
});

test("real buses show no scripted faults", () => {
  const station = stationOf([chip("t", "temperature", "mcp9601", "i2c-1", 0x67)]);
  assert.throws(() => openBuses(station, { ...options, simulated: false, faults: [parseScriptedFault("i2c-1/0x67:nack@1s")] }), /add --simulated/);
});

test("an output is the one named, or the first of the quantity", () => {
  const { mcp9601, scd41 } = catalogue;
  assert.ok(mcp9601 && scd41);
  assert.equal(outputFor(mcp9601, "temperature"), "temperature");
  assert.equal(outputFor(mcp9601, "temperature", "cold_junction"), "cold_junction");
  assert.equal(outputFor(mcp9601, "co2", "temperature"), undefined);
  assert.equal(outputFor(scd41, "humidity"), "humidity");
  assert.equal(outputFor(scd41, "pressure"), undefined);
});
