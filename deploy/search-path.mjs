/** Where commands are found on a machine whose PATH may lead through the very folder that is about to be replaced. */
import fs from "node:fs";
import path from "node:path";

export function isFile(file) {
  try {
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

/** Commands of PATH that are not in `modules`: npm must not run on a Node that it is about to replace. */
export function commandsOutside(modules) {
  const searchPath = (process.env.PATH ?? "").split(":").filter((folder) => folder !== "" && !folder.startsWith(modules));
  const own = path.dirname(process.execPath);
  // Started by its full path, a Node still brings the npm beside it.
  if (!own.startsWith(modules) && !searchPath.some((folder) => isFile(path.join(folder, "node")))) searchPath.push(own);
  return { searchPath, findCommand: (name) => searchPath.map((folder) => path.join(folder, name)).find(isFile) };
}
