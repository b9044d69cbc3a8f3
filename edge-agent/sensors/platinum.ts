/**
 * Platinum resistance thermometers by IEC 60751 (alpha 0.00385): resistance from temperature by Callendar and Van Dusen, and back.
 * R(t) = R0 (1 + A t + B t²) from 0 to 850 degC, with the further term C (t - 100) t³ from -200 to 0.
 */
const A = 3.9083e-3;
const B = -5.775e-7;
const C = -4.183e-12;

export const LOWEST_degC = -200;
export const HIGHEST_degC = 850;

/** Times R0. */
export function resistanceRatio(degC: number): number {
  return 1 + degC * (A + degC * B) + (degC < 0 ? C * (degC - 100) * degC ** 3 : 0);
}

/** From R/R0. Above 0 degC the quadratic solved; below, Newton's method from there: three steps leave less than 1e-9 K. */
export function temperatureOfRatio(ratio: number): number {
  const quadratic = (-A + Math.sqrt(A * A - 4 * B * (1 - ratio))) / (2 * B);
  if (ratio >= 1) return quadratic;
  let degC = quadratic;
  for (let step = 0; step < 3; step++) degC -= (resistanceRatio(degC) - ratio) / (A + 2 * B * degC + C * (4 * degC - 300) * degC * degC);
  return degC;
}
