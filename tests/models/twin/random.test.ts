import assert from "node:assert/strict";
import { test } from "node:test";
import { seeded } from "../../../models/twin/random.ts";

const many = (draw: () => number, n = 20_000): { mean: number; sd: number; least: number; most: number } => {
  const values = Array.from({ length: n }, draw);
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const sd = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1));
  return { mean, sd, least: Math.min(...values), most: Math.max(...values) };
};

test("the same seed draws the same, another seed another", () => {
  const draws = (seed: number) => {
    const random = seeded(seed);
    return Array.from({ length: 50 }, () => random.normal(0, 1));
  };
  assert.deepEqual(draws(1), draws(1));
  assert.notDeepEqual(draws(1), draws(2));
});

test("neighbouring seeds and branches do not resemble each other", () => {
  const over = Array.from({ length: 4000 }, (_, seed) => seeded(seed).uniform(0, 1));
  const mean = over.reduce((sum, value) => sum + value, 0) / over.length;
  const lag = over.slice(1).reduce((sum, value, index) => sum + (value - mean) * ((over[index] ?? 0) - mean), 0) / (over.length / 12);
  assert.ok(Math.abs(mean - 0.5) < 0.02, `mean of first draws ${mean}`);
  assert.ok(Math.abs(lag) < 0.06, `correlation of neighbouring seeds ${lag}`);
});

test("a branch does not depend on what was drawn before it", () => {
  const fresh = seeded("a");
  const used = seeded("a");
  used.uniform(0, 1);
  assert.equal(fresh.branch("x").uniform(0, 1), used.branch("x").uniform(0, 1));
  assert.notEqual(fresh.branch("x").uniform(0, 1), fresh.branch("y").uniform(0, 1));
});

test("each draw has the mean and spread that it names", () => {
  const random = seeded(7);
  const uniform = many(() => random.uniform(2, 4));
  assert.ok(uniform.least >= 2 && uniform.most < 4 && Math.abs(uniform.mean - 3) < 0.02 && Math.abs(uniform.sd - 2 / Math.sqrt(12)) < 0.01);
  const normal = many(() => random.normal(5, 2));
  assert.ok(Math.abs(normal.mean - 5) < 0.06 && Math.abs(normal.sd - 2) < 0.04, JSON.stringify(normal));
  const logs = many(() => Math.log(random.logNormal(3, 0.5)));
  assert.ok(Math.abs(logs.mean - Math.log(3)) < 0.02 && Math.abs(logs.sd - 0.5) < 0.01, JSON.stringify(logs));
  const even = many(() => Math.log10(random.logUniform(1, 100)));
  assert.ok(even.least >= 0 && even.most < 2 && Math.abs(even.mean - 1) < 0.02);
  const chosen = many(() => random.choice([0, 1, 2]));
  assert.ok(Math.abs(chosen.mean - 1) < 0.03);
  assert.ok(Math.abs(many(() => (random.chance(0.2) ? 1 : 0)).mean - 0.2) < 0.02);
});

test("nothing cannot be chosen from", () => {
  assert.throws(() => seeded(1).choice([]), /nothing to choose/);
});
