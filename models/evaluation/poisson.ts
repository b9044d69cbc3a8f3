/** The exact upper bound of a Poisson mean (Garwood 1936), one-sided: the mean at which so few events would be seen in 1 - confidence of all cases. */

/**
 * `events` a whole number from 0. Equals half the chi-square quantile at `confidence` with 2 (events + 1) degrees of freedom: 0 events → 2.996,
 * which is the "rule of three", at 95 %. To 9 digits, by halving.
 */
export function poissonUpper(events: number, confidence: number): number {
  let low = events;
  let high = events + 10;
  while (atMost(events, high) > 1 - confidence) high *= 2;
  while (high - low > 1e-10 * high) {
    const middle = (low + high) / 2;
    if (atMost(events, middle) > 1 - confidence) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** P(N ≤ events) of a Poisson law; its terms are summed from the greatest down, so that none is lost to underflow. */
function atMost(events: number, mean: number): number {
  if (mean === 0) return 1;
  let logTerm = -mean; // of k = 0
  for (let k = 1; k <= events; k += 1) logTerm += Math.log(mean / k);
  let sum = 0;
  for (let k = events, term = Math.exp(logTerm); k >= 0 && term > 0; k -= 1) {
    sum += term;
    term *= k / mean;
  }
  return Math.min(1, sum);
}
