/**
 * How the rate grows behind a knee: level = c + r t + A exp(g t), r being the plateau's rate, fitted to the course for a grid of g, the latest points most.
 * Each g keeps a weight by how well it fits, so that a growth that is not known yet is told widely.
 */
import { aheadParams as p } from "../params/swelling.ts";
import type { CourseState } from "./course.ts";

export interface Growth {
  /** Of the last moment: level by the fit, and extra rate per hour over the plateau's. */
  readonly level: number;
  readonly extra_per_h: number;
  /** e-fold growth of the extra rate, 1/h. */
  readonly per_h: number;
  readonly weight: number;
}

/** Empty where no growing exponential fits; weights add up to 1. `noise2`: variance of one point. */
export function growthsOf({ points }: CourseState, from_s: number, plateau_per_h: number, noise2: number): Growth[] {
  const now_s = points.at(-2) ?? 0;
  const span_h = (now_s - from_s) / 3600;
  if (!(span_h > 0)) return [];
  const forget_h = p.forget_share * span_h;
  const found: { readonly growth: Growth; readonly misfit: number }[] = [];
  for (let k = 0; k < p.growths; k++) {
    const g = (p.leastGrowth * (p.mostGrowth / p.leastGrowth) ** (k / (p.growths - 1))) / span_h;
    let [w, e, ee, y, ey, yy] = [0, 0, 0, 0, 0, 0];
    for (let i = 0; i < points.length; i += 2) {
      const t_h = ((points[i] ?? 0) - now_s) / 3600;
      if (t_h < -span_h) continue;
      const weight = Math.exp(t_h / forget_h);
      const basis = Math.exp(g * t_h);
      const value = (points[i + 1] ?? 0) - plateau_per_h * t_h;
      w += weight;
      e += weight * basis;
      ee += weight * basis * basis;
      y += weight * value;
      ey += weight * basis * value;
      yy += weight * value * value;
    }
    const spread = ee - (e * e) / w;
    if (!(spread > 0)) continue;
    const A = (ey - (e * y) / w) / spread;
    if (!(A > 0)) continue;
    const misfit = Math.max(0, yy - (y * y) / w - A * (ey - (e * y) / w));
    found.push({ growth: { level: (y - A * e) / w + A, extra_per_h: A * g, per_h: g, weight: 0 }, misfit });
  }
  const best = Math.min(...found.map(({ misfit }) => misfit));
  // no fit is trusted beyond its own scatter
  const doubt = p.doubt_factor * Math.max(noise2, best / Math.max(1, effective(points, from_s, forget_h)));
  const weights = found.map(({ misfit }) => Math.exp(-(misfit - best) / (2 * doubt)));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return found.map(({ growth }, k) => ({ ...growth, weight: (weights[k] ?? 0) / total }));
}

/** How many points the latest are worth, less the three that are fitted. */
function effective(points: readonly number[], from_s: number, forget_h: number): number {
  const now_s = points.at(-2) ?? 0;
  let w = 0;
  for (let i = 0; i < points.length; i += 2) if ((points[i] ?? 0) >= from_s) w += Math.exp(((points[i] ?? 0) - now_s) / 3600 / forget_h);
  return w - 3;
}
