/**
 * For the emulated machine, loaded before everything else: `.ts` files there were stripped of their types by the host, with Node's own function. The
 * stripper is WebAssembly, compiled anew in every process, which takes an emulated processor longer than all the rest of a start.
 */
import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";

registerHooks({
  load: (url, context, next) =>
    url.startsWith("file:") && url.endsWith(".ts") ? { format: "module", source: readFileSync(new URL(url), "utf8"), shortCircuit: true } : next(url, context),
});
