/** Uniform, normal and chosen numbers from a seed (xorshift128, Marsaglia 2003), so that a run can be had again. */
export interface Draws {
  between(low: number, high: number): number;
  normal(): number;
  of<T>(choices: readonly [T, ...T[]]): T;
  chance(share: number): boolean;
}

export function drawsOf(seed: number): Draws {
  let [x, y, z, w] = [123456789, 362436069 ^ seed, 521288629, 88675123 ^ (seed * 2654435761)];
  const uniform = (): number => {
    const t = x ^ (x << 11);
    [x, y, z] = [y, z, w];
    w = w ^ (w >>> 19) ^ t ^ (t >>> 8);
    return (w >>> 0) / 4_294_967_296;
  };
  for (let i = 0; i < 40; i++) uniform();
  return {
    between: (low, high) => low + (high - low) * uniform(),
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    of: (choices) => choices[Math.floor(uniform() * choices.length)] ?? choices[0],
    chance: (share) => uniform() < share,
  };
}
