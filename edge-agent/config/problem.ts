/** One problem of a station file: where it stands, what was found and what to write instead, in one line. */
import { quote } from "../contracts/explain.ts";

/** Keys and list indexes from the top of the file. */
export type Path = readonly (string | number)[];

export interface Problem {
  /** An error refuses the file; a warning does not. */
  readonly severity: "error" | "warning";
  /** Both count from 1. */
  readonly line: number;
  readonly column: number;
  /** As `channels[2].source.unit`; empty where the problem is the file's own. */
  readonly path: string;
  readonly message: string;
}

/** A problem before its place in the text is known. */
export interface Remark {
  readonly path: Path;
  readonly message: string;
  readonly severity: "error" | "warning";
  /** Point at the key instead of its value. */
  readonly atKey?: boolean;
  /** Says better what other remarks inside this path say: they are left out. */
  readonly instead?: Path;
}

export const wrong = (path: Path, message: string): Remark => ({ path, message, severity: "error" });
export const doubtful = (path: Path, message: string): Remark => ({ path, message, severity: "warning" });

const plainKey = /^[A-Za-z_][\w-]{0,39}$/;

export function pathText(path: Path): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else if (plainKey.test(step)) text += text === "" ? step : `.${step}`;
    else text += `[${quote(step)}]`;
  }
  return text;
}

/** `station.yaml:12:5: channels[2].every: found "1", …`; a warning says so in front of its message. */
export function problemText(file: string, { severity, line, column, path, message }: Problem): string {
  return `${file}:${line}:${column}: ${severity === "warning" ? "warning: " : ""}${path === "" ? "" : `${path}: `}${message}`;
}
