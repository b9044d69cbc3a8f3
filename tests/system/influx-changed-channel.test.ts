// needs: influxdb
/** A station file that changes while samples wait for the server: they arrive as what they were measured as. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { sampleEntry } from "../support/entries.ts";
import { hurriedKeeper } from "../support/hurried-keeper.ts";
import { startInfluxd } from "../support/influxd.ts";
import { replayChannel, station } from "../support/station.ts";
import { tempFolder } from "../support/temp.ts";

test("a channel that becomes another quantity at another place keeps field and tags for what waits, and takes the new ones for what comes", async (t) => {
  const influxd = await startInfluxd(t, { database: "offgas" });
  const spool = { directory: tempFolder(t), budget: "64 MB" };
  const sinks = [{ kind: "influxdb" as const, url: influxd.url, database: "offgas" }];
  const cells = [{ id: "C1" }, { id: "C2", pack: "P2" }];
  const first = station({ spool, sinks, cells, channels: [replayChannel("x")] });
  const second = station({ spool, sinks, cells, channels: [replayChannel("x", { quantity: "voltage", at: { cell: "C2" } })] });

  await influxd.stop();
  const away = await hurriedKeeper(first, 10);
  await away.commit([sampleEntry({ channel: "x", value: 25, raw: 24 }), sampleEntry({ channel: "x", value: 26, raw: 25 })]);
  await away.until((status) => status.sinks[0]?.backlog === 2);
  await away.close();
  await influxd.start();
  const back = await hurriedKeeper(second, 10);
  await back.commit([sampleEntry({ channel: "x", value: 3.7, raw: 3.6 })]);
  await back.until((status) => status.sinks[0]?.backlog === 0);
  await back.close();

  const rows = await influxd.query("SELECT temperature_degC, voltage_V, raw, channel, cell, pack FROM sample");
  assert.deepEqual(
    rows.map(({ temperature_degC, voltage_V, raw, channel, cell, pack }) => [temperature_degC, voltage_V, raw, channel, cell, pack]),
    [
      ["25", "", "24", "x", "C1", "C1"],
      ["26", "", "25", "x", "C1", "C1"],
      ["", "3.7", "3.6", "x", "C2", "P2"],
    ],
  );
});
