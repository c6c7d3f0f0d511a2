/** The laws of sagas, over many runs, for a saga of every kind of step. */
import { describe, it } from "@effect/vitest"
import { effort, SagaLaws } from "../src/index.ts"
import { Trip } from "./Trip.ts"

describe("the laws of a saga of every kind of step", () => {
  for (const law of SagaLaws.of(Trip, { runs: 334 * effort })) it.effect(law.name, () => law.check)
})
