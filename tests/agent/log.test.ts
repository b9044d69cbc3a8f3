import assert from "node:assert/strict";
import { test } from "node:test";
import { type Logger, logEntries } from "../../edge-agent/agent/log.ts";
import type { AlarmState } from "../../edge-agent/core/alarms.ts";
import { alarmEntry } from "../support/entries.ts";

const rows: readonly (readonly [AlarmState, boolean, string])[] = [
  ["unack", true, "error raised: why"],
  ["ack", true, "info acknowledged: why"],
  ["latched-unack", false, "info returned: why"],
  ["latched-ack", false, "info acknowledged, returned: why"],
  ["normal", false, "info returned: why"],
];

for (const [state, active, expected] of rows) {
  test(`an alarm that is ${state} is logged as ${expected.slice(0, -5)}`, () => {
    const lines: string[] = [];
    const at = (level: string) => (_: object, text: string) => void lines.push(`${level} ${text}`);
    logEntries({ info: at("info"), warn: at("warn"), error: at("error") } as unknown as Logger, [alarmEntry({ state, active, why: ["why"] })]);
    assert.deepEqual(lines, [expected]);
  });
}
