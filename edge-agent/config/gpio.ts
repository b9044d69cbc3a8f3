/** Every line of a GPIO chip has one use: an output, or an input. */
import { type Path, type Remark, wrong } from "./problem.ts";
import { items, type View } from "./view.ts";

export function* gpio(view: View): Generator<Remark> {
  const taken = new Map<string, Path>();
  for (const [{ chip, line }, path] of wired(view)) {
    if (chip === undefined || line === undefined) continue;
    const name = `${chip} line ${line}`;
    const earlier = taken.get(name);
    if (earlier === undefined) taken.set(name, path);
    else yield wrong([...path, "line"], `found ${name}, which text line ${view.line(earlier)} has already; a line of a chip is one output or one input`);
  }
}

function* wired(view: View): Generator<readonly [Readonly<Record<string, unknown>>, Path]> {
  for (const [output, path] of items(view, "outputs")) if (output.kind === "gpio") yield [output, path];
  for (const [{ source }, path] of items(view, "channels")) if (source?.driver === "gpio") yield [source, [...path, "source"]];
}
