/** A process that is fed by hand, and what it does about each input, in a line each. */
import { Decider, type DomainEvent, type Message, ProcessManager } from "@eventfold/decider"
import { DateTime, Result } from "effect"
import * as Scenario from "./Scenario.ts"

/** What is recorded about inputs, in order, from the beginning. The clock goes on by a second per input, or to the timer that is due. */
export const walk = <State, Event extends DomainEvent.DomainEvent, C extends Message.AnyCommand>(
  manager: ProcessManager.ProcessManager<State, Event, C>,
  ...inputs: ReadonlyArray<(process: ProcessManager.Process<State>, at: DateTime.Utc) => ProcessManager.Input<Event, C>>
) => {
  const decider = ProcessManager.decider(manager)
  let process = decider.initial
  let now = Scenario.at(0)
  const told = inputs.map((inputAt) => {
    const input = inputAt(process, now)
    const at = input._tag === "TimerFired" ? input.occurredAt : now
    now = DateTime.add(at, { seconds: 1 })
    const { events, state } = Result.getOrThrow(Decider.decide(decider, { input, at }, process))
    process = state
    return events.flatMap((event) => {
      switch (event._tag) {
        case "InputIgnored":
          return [`ignored: ${event.because}`]
        case "CommandIssued":
          return [event.message.command]
        case "TimerStarted":
          return [`${event.timer} in ${(event.dueAt.epochMilliseconds - at.epochMilliseconds) / 1_000} s`]
        case "TimerCancelled":
          return [`no ${event.timer}`]
        case "ProcessEnded":
          return [`ended: ${event.phase}`]
        case "ProcessStarted":
        case "InputTaken":
          return []
      }
    })
  })
  return { told, process }
}

/** An event, as an input. */
export const event =
  <E>(event: E) =>
  (): E =>
    event

/** A timer that is due, now if it does not run. */
export const due =
  (timer: string) =>
  ({ timers }: Pick<ProcessManager.Process<unknown>, "timers">, at: DateTime.Utc) => {
    const dueAt = timers[timer] ?? at
    return { _tag: "TimerFired" as const, timer, dueAt, occurredAt: dueAt }
  }
