/** "Did you mean": the choice that a mistyped word most likely stands for. */

/** Longer words are no slips of the finger, and the distance costs their product. */
const longestWord = 64;

/** Edits (insert, delete, replace, swap of neighbours) that turn `a` into `b`: optimal string alignment distance. */
function distance(a: string, b: string): number {
  let twoAgo: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const replaced = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      let best = Math.min(replaced, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1);
      const swapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped && row > 1 && column > 1) best = Math.min(best, (twoAgo[column - 2] ?? 0) + 1);
      current.push(best);
    }
    twoAgo = previous;
    previous = current;
  }
  return previous[b.length] ?? 0;
}

/** The nearest of `choices`, ignoring case; undefined when none is within a third of the word's length (at least one edit). */
export function nearest(word: string, choices: Iterable<string>): string | undefined {
  if (word === "" || word.length > longestWord) return undefined;
  const lower = word.toLowerCase();
  let best: string | undefined;
  let fewest = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const choice of choices) {
    if (choice.length > longestWord) continue;
    const edits = distance(lower, choice.toLowerCase());
    if (edits < fewest) [best, fewest] = [choice, edits];
  }
  return best;
}

/** `; did you mean "every"?`, or nothing: to be put behind what was found. */
export function didYouMean(word: string, choices: Iterable<string>): string {
  const choice = nearest(word, choices);
  return choice === undefined ? "" : `; did you mean "${choice}"?`;
}
