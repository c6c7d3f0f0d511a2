/** The trip of the guides: what they show of its spec and its laws. */
import { describe, expect, it } from "@effect/vitest"
import { effort, SagaLaws, SagaSpec } from "@eventfold/testing"
import { Trip } from "../../src/guides/trips/Trip.ts"

describe("a trip", () => {
  it("is called off when the hotel is full, and goes on where a friend has a sofa", () => {
    // #region spec
    SagaSpec.given(Trip, { tripId: "trip-1" })
      .whenAnswered({ seat: "12A" })
      .thenSends("hotel", { tripId: "trip-1" })
      .whenRefused({ _tag: "Full", hotel: "Grand" })
      .thenUndoes("flight")
      .whenFailed("no answer")
      .thenWaits("50 millis")
      .whenPassed("50 millis")
      .whenAnswered(null)
      .thenEnds("compensated")
    // #endregion spec
    const sofa = SagaSpec.given(Trip, { tripId: "trip-1" }).whenAnswered({ seat: "12A" })
    expect(() => sofa.whenRefused({ _tag: "Full", hotel: "sofa" }).thenSends("ticket", { seat: "12A" })).not.toThrow()
  })

  // #region laws
  for (const law of SagaLaws.of(Trip, { runs: 10 * effort, crashes: 2 * effort })) it.effect(law.name, () => law.check)
  // #endregion laws
})
