/**
 * What an aggregate was asked for, and what became of it: `after(open, deposit).when(close)`.
 *
 * {@link DeciderSpec} expects; this answers, for tests that go on with the answer: that put an aggregate into every state,
 * ask each command of it, or walk at random. Nothing here needs a test framework.
 */
import { Decider, type DomainEvent } from "@eventfold/decider"
import { Result } from "effect"

/** What a command led to: its events and the state after them, or a refusal. */
export type Outcome<State, Event, Refusal> = Result.Result<Decider.Decision<State, Event>, Refusal>

/** An aggregate after a history, ready to be asked for something. */
export interface Scenario<State, Command, Event, Refusal> {
  readonly events: ReadonlyArray<Event>
  readonly state: State
  readonly when: (command: Command) => Outcome<State, Event, Refusal>
}

/** A command of a walk: the aggregate before it, what it led to, and the aggregate after it. */
export interface Step<State, Command, Event, Refusal> {
  readonly command: Command
  readonly before: Scenario<State, Command, Event, Refusal>
  readonly outcome: Outcome<State, Event, Refusal>
  readonly after: Scenario<State, Command, Event, Refusal>
}

/** The aggregates of a decider. */
export const of = <State, Command, Event extends DomainEvent.DomainEvent, Refusal>(
  decider: Decider.Decider<State, Command, Event, Refusal>
) => {
  type Of = Scenario<State, Command, Event, Refusal>
  /** The aggregate after these events. */
  const given = (...events: ReadonlyArray<Event>): Of => ({
    events,
    state: Decider.fold(decider, events),
    when: (command) => Decider.decideAfter(decider, events, command)
  })
  const next = ({ events }: Of, outcome: Outcome<State, Event, Refusal>) => given(...events, ...recorded(outcome))
  /** The aggregate that these commands lead to. One that is refused fails the test with its refusal. */
  const after = (...commands: ReadonlyArray<Command>): Of =>
    commands.reduce((before, command) => next(before, before.when(command)), given())
  /** Everything that is met on the way of these commands, refusals included. */
  const walk = (commands: ReadonlyArray<Command>): ReadonlyArray<Step<State, Command, Event, Refusal>> => {
    let before = given()
    return commands.map((command) => {
      const outcome = before.when(command)
      const after = Result.isSuccess(outcome) ? next(before, outcome) : before
      const step = { command, before, outcome, after }
      before = after
      return step
    })
  }
  return { given, after, walk }
}

interface Tagged {
  readonly _tag: string
}

/** The events that an outcome recorded. A refusal fails the test: it is thrown. */
export const recorded = <State, Event, Refusal>(outcome: Outcome<State, Event, Refusal>): ReadonlyArray<Event> =>
  Result.getOrThrowWith(outcome, (refusal) => refusal).events

/** The refusal of an outcome. Events fail the test with their names. */
export const refusal = <State, Refusal>(outcome: Outcome<State, Tagged, Refusal>): Refusal =>
  Result.getOrThrowWith(Result.flip(outcome), (decision) => new Error(`recorded ${namesOf(decision)}`))

/** An outcome in words: the events it recorded, `nothing`, or the refusal. */
export const told = <State>(outcome: Outcome<State, Tagged, Tagged>): string =>
  Result.match(outcome, { onFailure: ({ _tag }) => _tag, onSuccess: namesOf })

const namesOf = ({ events }: { readonly events: ReadonlyArray<Tagged> }): string =>
  events.length === 0 ? "nothing" : events.map(({ _tag }) => _tag).join(" ")

/** What each command leads to, in words: a row per command, with its name, then an outcome per scenario. */
export const table = <State, Command extends Tagged>(
  scenarios: ReadonlyArray<Scenario<State, Command, Tagged, Tagged>>,
  commands: ReadonlyArray<Command>
): ReadonlyArray<ReadonlyArray<string>> =>
  commands.map((command) => [command._tag, ...scenarios.map(({ when }) => told(when(command)))])

/**
 * The transitions that these commands make in these scenarios, those that record something, as `from to by`; `by` is the
 * name of the command where nothing else is said. Each is there once, sorted.
 */
export const transitions = <State extends { readonly status: string }, Command extends Tagged>(
  scenarios: ReadonlyArray<Scenario<State, Command, Tagged, Tagged>>,
  commands: ReadonlyArray<Command>,
  by: (command: Command) => string = ({ _tag }) => _tag
): ReadonlyArray<string> => {
  const found = scenarios.flatMap(({ state: { status }, when }) =>
    commands.flatMap((command) => {
      const outcome = when(command)
      return Result.isFailure(outcome) || outcome.success.events.length === 0
        ? []
        : [`${status} ${outcome.success.state.status} ${by(command)}`]
    })
  )
  return [...new Set(found)].toSorted()
}
