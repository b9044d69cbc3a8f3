/** What a source file depends on, read from its text: erasable TypeScript needs no more than this. */
import { posix } from "node:path";

/** `type`: erased before it runs. `late`: import(…) or require(…). `entry`: new URL(…, import.meta.url), the start of a process or thread. */
export type ImportKind = "plain" | "type" | "late" | "entry";
export interface Import {
  readonly specifier: string;
  readonly kind: ImportKind;
}

const commentOrText = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\[\s\S])*`/g;
/** Comments may show imports that nobody makes. */
const withoutComments = (source: string): string => source.replace(commentOrText, (found) => (/^\/[/*]/.test(found) ? " " : found));

const forms: readonly [RegExp, (match: RegExpExecArray) => ImportKind][] = [
  [/^\s*(?:import|export)\s+(type\s)?(?:[\w*{}\s,$]+?\sfrom\s*)"([^"]+)"/gm, (match) => (match[1] === undefined ? "plain" : "type")],
  [/^\s*import\s*()"([^"]+)"/gm, () => "plain"],
  [/\b(import|require)\(\s*["'`]([^"'`]+)["'`]/g, () => "late"],
  [/\b(new URL)\(\s*"(\.[^"]+)",\s*import\.meta\.url/g, () => "entry"],
];

export function importsOf(source: string): Import[] {
  const text = withoutComments(source);
  return forms.flatMap(([form, kindOf]) => [...text.matchAll(form)].map((match) => ({ specifier: match[2] ?? "", kind: kindOf(match as RegExpExecArray) })));
}

/** Where a relative import of `file` leads, from the root of the project; undefined for a package or a built-in. */
export const targetOf = (file: string, specifier: string): string | undefined =>
  specifier.startsWith(".") ? posix.join(posix.dirname(file), specifier) : undefined;

/** Package name of a bare import: `@scope/name/deep` is `@scope/name`. */
export const packageOf = (specifier: string): string =>
  specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");

/** Files and packages that running `file` can load, itself included. */
export function loadedBy(file: string, sources: ReadonlyMap<string, string>): Set<string> {
  const loaded = new Set<string>();
  const visit = (name: string) => {
    if (loaded.has(name)) return;
    loaded.add(name);
    for (const { specifier, kind } of importsOf(sources.get(name) ?? "")) {
      if (kind !== "type" && kind !== "entry") visit(targetOf(name, specifier) ?? packageOf(specifier));
    }
  };
  visit(file);
  return loaded;
}
