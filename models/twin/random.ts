/**
 * Chance from a seed: the same draws on every machine with the pinned Node, so that a scene and its seed name one recording.
 * Generator: xoshiro128** (Blackman and Vigna 2018), its state filled by a multiplicative hash of the seed.
 */

export interface Random {
  /** In [low, high). */
  uniform(low: number, high: number): number;
  normal(mean: number, sd: number): number;
  /** `spread` is the standard deviation of the logarithm: 0.5 is a factor of 1.65. */
  logNormal(median: number, spread: number): number;
  /** Evenly in the logarithm, in [low, high). */
  logUniform(low: number, high: number): number;
  choice<T>(choices: readonly T[]): T;
  /** True with probability `p`. */
  chance(p: number): boolean;
  /** A stream of its own: what one part draws changes nothing for another. */
  branch(name: string): Random;
}

export function seeded(seed: number | string): Random {
  const next = xoshiro(hashed(String(seed)));
  const unit = (): number => next() / 2 ** 32;
  const uniform = (low: number, high: number): number => low + (high - low) * unit();
  // Box-Muller, both halves used
  let spare: number | undefined;
  const gauss = (): number => {
    if (spare !== undefined) {
      const kept = spare;
      spare = undefined;
      return kept;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - unit()));
    const angle = 2 * Math.PI * unit();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
  return {
    uniform,
    normal: (mean, sd) => mean + sd * gauss(),
    logNormal: (median, spread) => median * Math.exp(spread * gauss()),
    logUniform: (low, high) => low * (high / low) ** unit(),
    choice<T>(choices: readonly T[]): T {
      if (choices.length === 0) throw new RangeError("nothing to choose from");
      return choices[Math.floor(unit() * choices.length)] as T;
    },
    chance: (p) => unit() < p,
    branch: (name) => seeded(`${seed}/${name}`),
  };
}

/** Four words that differ for texts that differ in one character. */
function hashed(text: string): [number, number, number, number] {
  let a = 0x9e3779b9;
  let b = 0x243f6a88;
  for (const { length, code } of [...text].map((letter, length) => ({ length, code: letter.codePointAt(0) ?? 0 }))) {
    a = Math.imul(a ^ code, 0x85ebca6b) ^ (a >>> 15);
    b = Math.imul(b ^ (code + length), 0xc2b2ae35) ^ (b >>> 13);
  }
  const word = (): number => {
    a = (a + 0x9e3779b9) | 0;
    let mixed = Math.imul(a ^ (a >>> 16), 0x21f0aaad) ^ b;
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
  // never all zero, where the generator would stay
  return [word() | 1, word(), word(), word()];
}

/** Words of 32 bits, 0 to 2³² - 1. */
function xoshiro(state: [number, number, number, number]): () => number {
  const turned = (word: number, by: number): number => (word << by) | (word >>> (32 - by));
  return () => {
    const [s0, s1, s2, s3] = state;
    const result = Math.imul(turned(Math.imul(s1, 5), 7), 9) >>> 0;
    const third = s2 ^ s0;
    const fourth = s3 ^ s1;
    state[1] = s1 ^ third;
    state[0] = s0 ^ fourth;
    state[2] = third ^ (s1 << 9);
    state[3] = turned(fourth, 11);
    return result;
  };
}
