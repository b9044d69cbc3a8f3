// needs: victoria-metrics
/** The 2.x write path, against a server that we did not write. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { alarmEntry, eventEntry, sampleEntry } from "../support/entries.ts";
import { delivered, storeStation, watchedStore } from "../support/store.ts";
import { tempFolder } from "../support/temp.ts";
import { startVictoria } from "../support/victoria.ts";

test("samples, alarms and events arrive over the 2.x path with their tags, values and stamps", async (t) => {
  const victoria = await startVictoria(t);
  const { store, until } = watchedStore(storeStation(tempFolder(t), [{ kind: "influxdb", url: victoria.url, flavour: "v2", org: "lab", bucket: "offgas" }]));
  await store.opened;
  const sample = sampleEntry({ value: 25.5, raw: 25.25, quality: "uncertain", reason: "rate", bound: 1 });
  const begin_ms = Number((sample.type === "sample" ? sample.sample.stamp_ns : 0n) / 1_000_000n);
  store.append([sample, alarmEntry(), eventEntry("a line\nbreak")]);
  await until(delivered);
  assert.equal(await store.close(5), true);
  const series = await victoria.exported();
  const tags = { site: "test-lab", station: "bench", cell: "C1", pack: "C1", channel: "C1.t" };
  const found = (name: string) => series.find((one) => one.metric.__name__ === name);
  for (const [field, value] of Object.entries({ temperature_degC: 25.5, raw: 25.25, quality: 1, reason: 2, bound: 1 })) {
    const { metric, values, timestamps } = found(`sample_${field}`) ?? {};
    const { __name__, db, ...rest } = metric ?? {};
    assert.deepEqual([rest, values, timestamps], [tags, [value], [begin_ms]], field);
  }
  assert.deepEqual(found("alarm_severity")?.values, [3]);
  assert.equal(found("event_end_ms")?.metric.kind, "agent-start");
});
