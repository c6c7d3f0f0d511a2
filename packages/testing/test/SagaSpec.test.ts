import { describe, expect, it } from "vitest"
import { SagaSpec } from "../src/index.ts"
import { Trip } from "./Trip.ts"

const flight = { number: 1 }
const trip = () => SagaSpec.given(Trip, { tripId: "t1" })

describe("a spec of a saga", () => {
  it("follows it from its start to its end", () => {
    const completed = trip()
      .thenSends("flight", { tripId: "t1", occurredAt: "1970-01-01T00:00:00.000Z" })
      .whenAnswered(flight)
      .thenSends("hotel")
      .whenAnswered({ number: 2 })
      .thenSends("ticket", { flight: 1, hotel: 2 })
      .whenAnswered(null)
      .thenEnds("completed")
    expect(() => completed.thenEnds("compensated")).toThrow("Expected it to be compensated")
  })

  it("follows it back, and tells what a person can do", () => {
    const parked = trip()
      .whenAnswered(flight)
      .whenRefused("full")
      .thenUndoes("flight")
      .whenRefused("full")
      .thenUndoes("start")
      .whenAnswered(flight)
      .thenParked("flight")
    expect(() => parked.thenParked("hotel")).toThrow("Expected it to be parked for hotel")
    parked.whenRetried().thenUndoes("flight").whenRefused("full").thenParked("flight")
    parked.whenSkipped("flight").thenEnds("compensated")
    trip().whenCancelled().whenAnswered(flight).thenUndoes("flight").whenAbandoned().thenEnds("abandoned")
  })

  it("lets time pass: attempts fail at their deadlines, and are made again after their waits", () => {
    const waiting = trip()
      .whenFailed()
      .thenWaits("1 second")
      .whenPassed("1 second")
      .thenSends("flight")
      .whenPassed("30 seconds")
      .thenWaits("2 seconds")
    expect(() => waiting.thenWaits("1 second")).toThrow("it waits 2000 ms")
    trip().whenDown("60 seconds").thenWaits("60 seconds").whenPassed("1 minute").thenSends("flight")
    trip().whenPassed("10 minutes").thenParked("flight", "start")
  })

  it("says what was expected, what has happened and what is next", () => {
    expect(() => trip().thenSends("hotel")).toThrow(/Expected it to do hotel\.[^]*SagaStarted[^]*StepBegun[^]*Next/u)
    expect(() => trip().thenSends("flight", { tripId: "t2" })).toThrow(/Expected tripId to be "t2", but it is "t1"/u)
    expect(() => trip().whenAnswered("nonsense")).toThrow("does not fit the command that is under way")
    expect(() => trip().whenRetried()).toThrow("nothing of the saga saga-1 is stuck")
    expect(() => trip().whenSkipped("flight", flight)).toThrow("flight is not stuck")
    expect(() => trip().thenWaits("1 second")).toThrow("Expected it to wait")
    expect(() => trip().thenEnds("completed")).toThrow("Expected it to be completed")
    expect(() => trip().thenParked("flight")).toThrow("Expected it to be parked")
    expect(() => trip().whenFailed().whenFailed()).toThrow("No command is under way")
  })
})
