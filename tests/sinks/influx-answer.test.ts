/** What each answer of a server means. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { targetOf, writePath } from "../../edge-agent/sinks/influx.ts";
import { type Answer, verdictOf, verdictOfFailure } from "../../edge-agent/sinks/influx-answer.ts";
import type { Verdict } from "../../edge-agent/sinks/sink.ts";

const config = { kind: "influxdb", url: "http://offgas:secret@10.0.0.1:8086/", flavour: "v1", database: "lab", user: "offgas", password_file: "/x" } as const;
const target = targetOf(config);
const say = (verdict: Verdict): string => (verdict.kind === "taken" ? "taken" : `${verdict.kind} ${verdict.code}: ${verdict.why}`);
const of = (status: number, more: Partial<Answer> = {}) => say(verdictOf({ status, body: "", ...more }, target));

test("answers", () => {
  const at = "influxdb at http://10.0.0.1:8086";
  const rows: readonly (readonly [string, string])[] = [
    [of(204), "taken"],
    [of(201), `refused sink/refused: ${at} refuses a line (201)`],
    [of(400, { body: '{"error":"partial write:\\n dropped=2"}' }), `refused sink/refused: ${at} refuses a line (400): partial write: dropped=2`],
    [of(413), `refused sink/too-large: ${at} finds the request too large (413): raise max-body-size there`],
    [of(401), `later sink/unauthorised: ${at} refuses user offgas (401): check password_file`],
    [of(403), `later sink/unauthorised: ${at} forbids user offgas to write (403): grant write on database lab`],
    [of(404), `later sink/not-found: ${at} has no database lab (404): create it or correct the station file`],
    [of(429), `later sink/overloaded: ${at} asks to wait (429)`],
    [of(503, { body: "<html>\n" }), `later sink/server-error: ${at} fails (503): <html>`],
    [of(302), `later sink/server-error: ${at} answers 302 where a write gives 204: check that the url is InfluxDB's`],
  ];
  for (const [got, expected] of rows) assert.equal(got, expected);
  assert.doesNotMatch(of(500, { body: "x".repeat(1e6) }), /x{301}/);
});

test("Retry-After is seconds, and nonsense is nothing", () => {
  const after = (retryAfter: string) => {
    const verdict = verdictOf({ status: 429, body: "", retryAfter }, target);
    return verdict.kind === "later" ? verdict.retryAfter_s : undefined;
  };
  assert.deepEqual(["2", "0", "-1", "x", "", "Wed, 21 Oct 2026 07:28:00 GMT"].map(after), [2, undefined, undefined, undefined, undefined, undefined]);
});

test("no answer: the code tells a certificate from a dead server", () => {
  const failed = (code: string) => say(verdictOfFailure(Object.assign(new Error("x"), { code }), target)).split(":")[0];
  assert.equal(failed("ECONNREFUSED"), "later sink/unreachable");
  for (const code of ["DEPTH_ZERO_SELF_SIGNED_CERT", "CERT_HAS_EXPIRED", "ERR_TLS_CERT_ALTNAME_INVALID", "UNABLE_TO_VERIFY_LEAF_SIGNATURE"])
    assert.equal(failed(code), "later sink/certificate", code);
});

test("addresses: nanoseconds always, names escaped, no secret in what is shown", () => {
  assert.equal(writePath({ ...config, database: "a&b", retention_policy: "two weeks" }), "/write?db=a%26b&rp=two+weeks&precision=ns");
  assert.equal(writePath({ ...config, flavour: "v2", org: "o", bucket: "b" }), "/api/v2/write?org=o&bucket=b&precision=ns");
  assert.equal(target.url, "http://10.0.0.1:8086");
});
