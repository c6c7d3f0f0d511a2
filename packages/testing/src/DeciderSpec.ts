/**
 * Given / when / then for deciders: given these events, when this command comes, then these events are recorded.
 *
 * ```ts
 * DeciderSpec.given(Order, [draftCreated, itemAdded]).when(placeOrder).thenEvents([orderPlaced])
 * DeciderSpec.given(Order, [orderShipped]).when(cancelOrder).thenRefused(OrderAlreadyShipped)
 * ```
 *
 * Works in any test framework: an expectation that does not hold throws an error whose message shows the command, the
 * history and the difference. Values are compared with `Equal.equals`. The given events are frozen, as they are when a
 * store has read them: an `evolve` that changes one fails here too.
 * Gotcha: the expectations are called `thenEvents` and so on because an object with a method `then` passes for a promise.
 */
import { Decider, type DomainEvent } from "@eventfold/decider"
import { Predicate, Result } from "effect"
import { fail } from "./AssertionError.ts"
import * as Difference from "./Difference.ts"
import { print } from "./ReadableValue.ts"

/** A history, waiting for its command. */
export interface Given<State, Command, Event, Refusal> {
  /** Decides `command` after the history. */
  readonly when: (command: Command) => When<State, Event, Refusal>
}

/** A decision, waiting for what is expected of it. Every expectation answers the same again, so that they can be chained. */
export interface When<State, Event, Refusal> {
  /** The command recorded just these events, in this order. */
  readonly thenEvents: (events: ReadonlyArray<Event>) => When<State, Event, Refusal>
  /** The command was accepted and recorded nothing: it is already so. */
  readonly thenNothing: () => When<State, Event, Refusal>
  /** The command was refused: with this very refusal, with one of this class, or with one of this tag. */
  readonly thenRefused: (expected: ExpectedRefusal<Refusal>) => When<State, Event, Refusal>
  /** The state after the command; after a refusal, the state before it. */
  readonly thenState: (state: State) => When<State, Event, Refusal>
}

/** A refusal, its class or its tag. */
export type ExpectedRefusal<Refusal> =
  | Refusal
  | (abstract new (...args: never) => Refusal)
  | (Refusal extends { readonly _tag: infer Tag extends string } ? Tag : never)

/** Begins with the history of an aggregate, in the order in which it happened; empty for a new one. */
export const given = <State, Command, Event extends DomainEvent.DomainEvent, Refusal>(
  decider: Decider.Decider<State, Command, Event, Refusal>,
  events: ReadonlyArray<Event> = []
): Given<State, Command, Event, Refusal> => {
  const history = Decider.freeze(events)
  return {
    when: (command) => {
      const state = Decider.fold(decider, history)
      return decided(Decider.decide(decider, command, state), {
        state,
        // Only a failure is worth the text.
        story: () => storyOf(command, history)
      })
    }
  }
}

interface Before<State> {
  readonly state: State
  readonly story: () => string
}

const decided = <State, Event, Refusal>(
  outcome: Result.Result<Decider.Decision<State, Event>, Refusal>,
  before: Before<State>
): When<State, Event, Refusal> => {
  const found = () =>
    Result.isSuccess(outcome) ? recorded(outcome.success.events) : `It was refused:\n${indented(outcome.failure)}`
  const differs = (what: string, difference: string) =>
    `${what}\n\n${before.story()}\n\nDifference (- expected, + found)\n${difference.replaceAll(/^/gmu, "  ")}`

  const thenEvents: When<State, Event, Refusal>["thenEvents"] = (expected) => {
    if (Result.isFailure(outcome)) {
      const wanted = expected.length === 0 ? "to record nothing" : `to record ${count(expected.length)}`
      const missing = expected.length === 0 ? "" : `\n\nExpected\n${indented(expected)}`
      return fail(
        `Expected the command ${wanted}, but it was refused.\n\n${before.story()}\n\n${found()}${missing}`,
        thenEvents
      )
    }
    const difference = Difference.between(expected, outcome.success.events)
    return difference === undefined ? when : fail(differs("The command recorded other events.", difference), thenEvents)
  }

  const thenNothing: When<State, Event, Refusal>["thenNothing"] = () => {
    if (Result.isSuccess(outcome) && outcome.success.events.length === 0) return when
    const instead = Result.isSuccess(outcome) ? `it recorded ${count(outcome.success.events.length)}` : "it was refused"
    return fail(
      `Expected the command to record nothing, but ${instead}.\n\n${before.story()}\n\n${found()}`,
      thenNothing
    )
  }

  const thenRefused: When<State, Event, Refusal>["thenRefused"] = (expected) => {
    if (Result.isSuccess(outcome)) {
      return fail(
        `Expected the command to be refused with ${nameOf(expected)}, but it was accepted.\n\n${before.story()}\n\n${found()}`,
        thenRefused
      )
    }
    if (isOfKind(outcome.failure, expected)) return when
    if (typeof expected === "function" || typeof expected === "string") {
      return fail(
        `Expected the command to be refused with ${nameOf(expected)}, but it was refused otherwise.\n\n` +
          `${before.story()}\n\n${found()}`,
        thenRefused
      )
    }
    const difference = Difference.between(expected, outcome.failure)
    return difference === undefined
      ? when
      : fail(differs("The command was refused otherwise than expected.", difference), thenRefused)
  }

  const thenState: When<State, Event, Refusal>["thenState"] = (expected) => {
    const state = Result.isSuccess(outcome) ? outcome.success.state : before.state
    const difference = Difference.between(expected, state)
    return difference === undefined ? when : fail(differs("The command led to another state.", difference), thenState)
  }

  const when: When<State, Event, Refusal> = { thenEvents, thenNothing, thenRefused, thenState }
  return when
}

/** Whether a refusal is of the class or the tag expected; a refusal that is itself a string is its own tag. */
const isOfKind = (refusal: unknown, expected: unknown): boolean => {
  if (typeof expected === "function") return refusal instanceof expected
  if (typeof expected !== "string") return false
  return refusal === expected || (Predicate.hasProperty(refusal, "_tag") && refusal._tag === expected)
}

const nameOf = (expected: unknown): string =>
  typeof expected === "function" ? expected.name : typeof expected === "string" ? expected : print(expected)

const storyOf = (command: unknown, history: ReadonlyArray<unknown>): string =>
  `Command\n${indented(command)}\n\n` +
  (history.length === 0 ? "Given no history" : `Given ${count(history.length)}\n${history.map(indented).join("\n")}`)

const recorded = (events: ReadonlyArray<unknown>): string =>
  events.length === 0
    ? "It recorded nothing."
    : `It recorded ${count(events.length)}\n${events.map(indented).join("\n")}`

const count = (events: number): string => (events === 1 ? "1 event" : `${events} events`)

const indented = (value: unknown): string => print(value).replaceAll(/^/gmu, "  ")
