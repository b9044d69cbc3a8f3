import assert from "node:assert/strict";
import { test } from "node:test";
import { advance, type BaselineState, innovate, isWarm, phiOf, startBaseline, warmUp } from "../../models/baseline.ts";
import { dice } from "./evidence.ts";

/** AR(1) noise of unit variance about a level, one value each `step_s`. */
function learned(phi: number, level: number, n: number, seed = 3, step_s = 1) {
  const { normal } = dice(seed);
  const state = startBaseline();
  let r = normal();
  const zs: number[] = [];
  for (let i = 0; i < n; i++) {
    r = phi * r + Math.sqrt(1 - phi * phi) * normal();
    const at_s = i * step_s;
    if (!isWarm(state)) warmUp(state, at_s, level + r);
    else {
      const innovation = innovate(state, at_s, level + r, 1e-6);
      assert.ok(innovation);
      advance(state, at_s, innovation, 1e-6, true);
      zs.push(innovation.z);
    }
  }
  return { state, zs };
}

const mean = (xs: readonly number[]) => xs.reduce((sum, x) => sum + x, 0) / xs.length;

test("learns level, lag-1 correlation and the innovation's scale of AR(1) noise, and whitens it", () => {
  for (const phi of [0, 0.5, 0.9]) {
    const { state, zs } = learned(phi, 400, 12_000);
    const late = zs.slice(6000);
    assert.ok(Math.abs(state.level - 400) < 0.5, `level ${state.level}`);
    assert.ok(Math.abs(phiOf(state) - phi) < 0.08, `phi ${phiOf(state)} for ${phi}`);
    assert.ok(Math.abs(state.sigma / Math.sqrt(1 - phi * phi) - 1) < 0.1, `sigma ${state.sigma}`);
    assert.ok(Math.abs(mean(late)) < 0.1);
    const variance = mean(late.map((z) => z * z));
    assert.ok(variance > 0.75 && variance < 1.05, `variance ${variance}: a little below 1, since sigma carries its own error`);
    const lag1 = mean(late.slice(1).map((z, i) => z * (late[i] ?? 0)));
    assert.ok(Math.abs(lag1) < 0.08, `lag 1 ${lag1}`);
  }
});

test("one value in ten gone wild moves neither level nor scale much", () => {
  const { normal } = dice(11);
  const state = startBaseline();
  for (let i = 0; i < 4000; i++) {
    const value = i % 10 === 7 ? 5000 : 20 + normal();
    const innovation = isWarm(state) ? innovate(state, i, value, 0.01) : undefined;
    if (innovation === undefined) warmUp(state, i, value);
    else advance(state, i, innovation, 0.01, true);
  }
  assert.ok(Math.abs(state.level - 20) < 1, `level ${state.level}`);
  assert.ok(state.sigma < 2.5, `sigma ${state.sigma}`);
});

test("a repeated time is not an innovation, a gap forgets the last residual, uneven spacing scales the correlation", () => {
  const { state } = learned(0.9, 0, 3000);
  const at_s = state.at_s ?? 0;
  assert.equal(innovate(state, at_s, 1, 0.01), undefined);
  assert.equal(innovate(state, at_s - 5, 1, 0.01), undefined);
  const held: BaselineState = { ...state, residual: 1 };
  const next = innovate(held, at_s + 1, held.level + 1, 1e-6);
  const later = innovate(held, at_s + 3, held.level + 1, 1e-6);
  const gap = innovate(held, at_s + 100, held.level + 1, 1e-6);
  assert.ok(next && later && gap);
  const phi = phiOf(held);
  const sd = (innovation: { z: number }, a: number) => (1 - a) / innovation.z; // e / z
  assert.ok(Math.abs(sd(later, phi ** 3) / sd(next, phi) - Math.sqrt((1 - phi ** 6) / (1 - phi ** 2))) < 1e-9);
  assert.ok(Math.abs(sd(gap, 0) / sd(next, phi) - Math.sqrt(1 / (1 - phi ** 2))) < 1e-9);
});

test("a channel that read one value all through its warm-up can still learn", () => {
  const state = startBaseline();
  for (let i = 0; i < 120; i++) warmUp(state, i, 0);
  assert.ok(isWarm(state) && state.sigma === 0);
  for (let i = 120; i < 3000; i++) {
    const innovation = innovate(state, i, 0.5, 1);
    assert.ok(innovation && Math.abs(innovation.z) <= 0.5);
    advance(state, i, innovation, 1, true);
  }
  assert.ok(state.level > 0.4, `level ${state.level}`);
});
