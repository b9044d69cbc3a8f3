/** Where the data goes: what each flavour needs, and secrets that would travel or lie open. */
import { quote } from "../contracts/explain.ts";
import { doubtful, type Path, type Remark, wrong } from "./problem.ts";
import { isRefused, items, type View } from "./view.ts";

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

export function* sinks(view: View): Generator<Remark> {
  const first = new Map<string, Path>();
  const holders = new Map<string, string>();
  let any = false;
  for (const [sink, path] of items(view, "sinks")) {
    any = true;
    const secretFile = sink.password_file ?? ("token_file" in sink ? sink.token_file : undefined);
    if (sink.url !== undefined) yield* address(sink.url, [...path, "url"], secretFile !== undefined || sink.user !== undefined, sink.ca_file !== undefined);
    if (sink.user !== undefined && secretFile === undefined)
      yield wrong([...path, "password_file"], `a user needs a password; add "password_file: …" with the file that holds it`);
    if (sink.password_file !== undefined && sink.user === undefined) yield wrong([...path, "user"], `a password needs its user; add "user: …"`);
    if (sink.kind === "mqtt") yield* commanders(sink.commands ?? [], [...path, "commands"], holders);
    let target = "";
    if (sink.kind === "influxdb" && !isRefused(view, [...path, "flavour"])) {
      const flavour = sink.flavour ?? "v1";
      const needed =
        flavour === "v1" ? (["database"] as const) : flavour === "v2" ? (["org", "bucket", "token_file"] as const) : (["bucket", "token_file"] as const);
      const unused = flavour === "v1" ? (["org", "bucket", "token_file"] as const) : (["database", "retention_policy", "user", "password_file"] as const);
      for (const key of needed) if (sink[key] === undefined) yield wrong([...path, key], `an influxdb sink of flavour ${flavour} needs it; add "${key}: …"`);
      for (const key of unused)
        if (sink[key] !== undefined) yield doubtful([...path, key], `flavour ${flavour} does not use it; remove it, or write another flavour`);
      target = `${sink.database ?? ""} ${sink.bucket ?? ""}`;
    }
    const same = `${sink.kind} ${sink.url} ${target}`;
    const earlier = first.get(same);
    if (sink.url === undefined) continue;
    if (earlier === undefined) first.set(same, path);
    else yield wrong(path, `the sink on line ${view.line(earlier)} already writes there; remove one`);
  }
  if (any && view.draft.spool === undefined)
    yield wrong(["spool"], 'sinks need a spool to keep what they have not taken; add "spool: { directory: /var/lib/offgas }"');
}

/** The actor of a command says which key its MAC is compared with. `holders` are the actors by key file, those of other sinks too. */
function* commanders(
  list: readonly ({ readonly actor?: string; readonly key_file?: string } | undefined)[],
  path: Path,
  holders: Map<string, string>,
): Generator<Remark> {
  const seen = new Set<string>();
  for (const [index, commander] of list.entries()) {
    const actor = commander?.actor;
    if (actor === undefined) continue;
    if (seen.has(actor)) yield wrong([...path, index, "actor"], `found ${quote(actor)} again; each actor has one key`);
    seen.add(actor);
    const file = commander?.key_file;
    if (file === undefined) continue;
    const holder = holders.get(file) ?? actor;
    if (holder !== actor)
      yield doubtful([...path, index, "key_file"], `${quote(holder)} has the same key, and each can speak as the other; write a file for each`);
    holders.set(file, holder);
  }
}

function* address(text: string, path: Path, hasSecret: boolean, hasCa: boolean): Generator<Remark> {
  if (!URL.canParse(text)) return;
  const url = new URL(text);
  if (url.username !== "" || url.password !== "") yield wrong(path, "the address holds a user or password; write them as user and password_file");
  const plain = url.protocol === "http:" || url.protocol === "mqtt:";
  const secure = url.protocol === "http:" ? "https" : "mqtts";
  if (plain && hasSecret && !loopback.test(url.hostname)) yield doubtful(path, `the password travels readable to ${url.hostname}; write ${secure}://`);
  if (plain && hasCa) yield doubtful(path, `ca_file is not used with ${url.protocol}//; write ${secure}://`);
}
