/** What a process wrote to its standard error before it ended, as half a line. */
import type { ChildProcess } from "node:child_process";

const KEPT_characters = 4000;

export function lastWords(child: ChildProcess): () => string {
  let written = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    written = (written + text).slice(-KEPT_characters);
  });
  return () => {
    const lines = written.split("\n").map((line) => line.trim());
    const line = lines.find((candidate) => /Error\b.*:/.test(candidate)) ?? lines.findLast((candidate) => candidate !== "");
    return line === undefined || line === "" ? "" : `: ${line.slice(0, 200)}`;
  };
}
