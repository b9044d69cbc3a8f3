/** What an InfluxDB server's answer, or the lack of one, means for the entries sent: one clear line with what to do. Pure. */
import type { Verdict } from "./sink.ts";

/** Who was asked, for messages. Holds no secret. */
export interface Target {
  readonly url: string;
  readonly database: string;
  /** What the station file calls the place: `database` or `bucket`. */
  readonly place: "database" | "bucket";
  readonly user?: string | undefined;
  readonly secretKey: "password_file" | "token_file";
}

export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly retryAfter?: string | undefined;
}

const maxQuote = 300;

/** The server's own sentence, on one line. */
function quoted(body: string): string {
  let text = body;
  try {
    const parsed = JSON.parse(body) as { error?: unknown; message?: unknown };
    text = String(parsed.error ?? parsed.message ?? body);
  } catch {
    // not JSON: quoted as it is
  }
  return text
    .replace(/[\p{Cc}\s]+/gu, " ")
    .trim()
    .slice(0, maxQuote);
}

/** Seconds; a date or nonsense is undefined, so that the drain's own waiting applies (a wall clock may be wrong at either end). */
export function retryAfter_s(header: string | undefined): number | undefined {
  const seconds = header === undefined || !/^\d+$/.test(header.trim()) ? Number.NaN : Number(header);
  return Number.isFinite(seconds) && seconds > 0 ? seconds : undefined;
}

export function verdictOf({ status, body, retryAfter }: Answer, target: Target): Verdict {
  const who = `influxdb at ${target.url}`;
  const said = quoted(body);
  const saying = said === "" ? "" : `: ${said}`;
  const wait = retryAfter_s(retryAfter);
  const later = (code: (Verdict & { kind: "later" })["code"], why: string): Verdict => ({
    kind: "later",
    code,
    why,
    ...(wait === undefined ? undefined : { retryAfter_s: wait }),
  });
  const login = target.user === undefined ? "the credentials" : `user ${target.user}`;
  switch (status) {
    case 204:
      return { kind: "taken" };
    case 201: // InfluxDB 3: some lines of the batch were left out
    case 400:
    case 422:
      return { kind: "refused", code: "sink/refused", why: `${who} refuses a line (${status})${saying}` };
    case 413:
      return { kind: "refused", code: "sink/too-large", why: `${who} finds the request too large (413): raise max-body-size there` };
    case 401:
      return later("sink/unauthorised", `${who} refuses ${login} (401): check ${target.secretKey}`);
    case 403:
      return later("sink/unauthorised", `${who} forbids ${login} to write (403): grant write on ${target.place} ${target.database}`);
    case 404:
      return later("sink/not-found", `${who} has no ${target.place} ${target.database} (404): create it or correct the station file${saying}`);
    case 429:
      return later("sink/overloaded", `${who} asks to wait (429)`);
    default:
      if (status >= 500) return later("sink/server-error", `${who} fails (${status})${saying}`);
      return later("sink/server-error", `${who} answers ${status} where a write gives 204: check that the url is InfluxDB's`);
  }
}

const certificateCodes =
  /^(CERT_|ERR_TLS_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_(GET|VERIFY|DECRYPT)|ERR_SSL_|ERR_OSSL_|EPROTO|INVALID_CA|PATH_LENGTH|HOSTNAME_MISMATCH)/;

/** The request got no answer. */
export function verdictOfFailure(error: unknown, target: Target): Verdict {
  const code = String((error as { code?: unknown } | null)?.code ?? "");
  const detail = code !== "" ? code : quoted(String((error as Error | null)?.message ?? error));
  if (certificateCodes.test(code)) {
    return {
      kind: "later",
      code: "sink/certificate",
      why: `influxdb at ${target.url}: its certificate cannot be trusted (${code}): set ca_file to the CA that signed it`,
    };
  }
  return {
    kind: "later",
    code: "sink/unreachable",
    why: `influxdb at ${target.url} does not answer (${detail}): check that it runs and that the url is right`,
  };
}
