import { Diagram, Saga } from "@eventfold/decider"
import { describe, expect, it } from "vitest"
import { bookHotel, cancelHotel, Input, Trip } from "./Trips.ts"

describe("the diagram of a saga", () => {
  it("has its steps, and what undoes them", () => {
    const { pivot, steps, undo } = Diagram.ofSaga(Trip)
    expect(steps.map(({ command, compensation, name }) => [name, command, compensation])).toEqual([
      ["flight", "travel.BookFlight", "travel.CancelFlight"],
      ["hotel", "travel.BookHotel", "travel.CancelHotel"],
      ["ticket", "travel.SendTicket", undefined]
    ])
    expect({ pivot, undo }).toEqual({ pivot: 2, undo: "travel.ForgetTrip" })
  })

  it("draws what is asked again after a refusal, and what is undone even when it was refused", () => {
    const asking = Saga.make({ name: "trip", input: Input })
      .step("hotel", bookHotel, {
        send: ({ at, input }) => ({ _tag: "BookHotel", ...input, occurredAt: at }),
        compensate: Saga.by(cancelHotel, ({ at, input }) => ({ _tag: "CancelHotel", ...input, occurredAt: at })),
        undoneWhenRefused: true,
        again: () => true
      })
      .end()
    expect(Diagram.ofSaga(asking).steps.map(({ asksAgain }) => asksAgain)).toEqual([true])
    expect(Diagram.mermaidOfSaga(asking).split("\n")).toEqual([
      "stateDiagram-v2",
      "  step1 : hotel (BookHotel)",
      "  undo1 : undo hotel (CancelHotel)",
      "  [*] --> step1",
      "  step1 --> step1 : refused, asked again",
      "  step1 --> undo1 : refused or failed",
      "  step1 --> completed : answered",
      "  undo1 --> compensated",
      "  undo1 --> parked : when something could not be undone",
      "  completed --> [*]",
      "  compensated --> [*]",
      ""
    ])
  })

  it("draws the way forward and the way back", () => {
    expect(Diagram.mermaidOfSaga(Trip).split("\n")).toEqual([
      "stateDiagram-v2",
      "  step1 : flight (BookFlight)",
      "  step2 : hotel (BookHotel)",
      "  step3 : ticket (SendTicket)",
      "  undo2 : undo hotel (CancelHotel)",
      "  undo1 : undo flight (CancelFlight)",
      "  undo0 : undo start (ForgetTrip)",
      "  [*] --> step1",
      "  step1 --> undo1 : failed",
      "  step1 --> undo0 : refused",
      "  step1 --> step2 : answered",
      "  step2 --> undo2 : failed",
      "  step2 --> undo1 : refused",
      "  step2 --> step3 : answered",
      "  step3 --> step3 : failed, tried again",
      "  step3 --> parked : refused",
      "  step3 --> completed : answered",
      "  undo2 --> undo1",
      "  undo1 --> undo0",
      "  undo0 --> compensated",
      "  undo0 --> parked : when something could not be undone",
      "  completed --> [*]",
      "  compensated --> [*]",
      ""
    ])
  })
})
