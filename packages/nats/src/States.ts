/**
 * Values in the stream of states, changed by those who have seen the last one: of several who change one at the same moment one
 * does, and the others decide again.
 *
 * Guarantees: what is answered was decided on the value that was the last one, also when nothing was changed. Revisions of a
 * value never come twice, also when it was removed in between.
 */
import { BrokerFailure } from "@eventfold/messaging"
import { Effect, Random, Semaphore } from "effect"
import { fromBytes, toBytes } from "./GroupValue.ts"
import type { StreamName, Streams } from "./Streams.ts"

/** A value as it is stored, and its revision: 0 when there is none. */
export interface State {
  readonly revision: number
  readonly bytes: Uint8Array
}

/** What is to become of a value, and what to answer when that is done. */
export interface Decision<A> {
  readonly answer: A
  /** Undefined when it stays as it is. */
  readonly becomes?: Uint8Array | "removed" | undefined
}

/** Values by their subjects. */
export interface States {
  read(operation: string, subject: string): Effect.Effect<State, BrokerFailure>
  /** Decides on the last value, as often as others are faster. */
  change<A, E>(
    operation: string,
    subject: string,
    decide: (state: State) => Effect.Effect<Decision<A>, E>
  ): Effect.Effect<A, E | BrokerFailure>
  /** Stores a text that nobody else changes. */
  put(operation: string, subject: string, text: string): Effect.Effect<void, BrokerFailure>
  text(subject: string): Effect.Effect<string | undefined, BrokerFailure>
  purge(subject: string): Effect.Effect<void, BrokerFailure>
  /** Forgets what was the last value of each: another server may have others. */
  forget(): void
}

/**
 * Who has lost a race twice says so, and the others look at the value, too, before they change it again: whoever has won knows the
 * last one, and would win again and again.
 */
export interface Crowd {
  /** Says that this process has lost twice. */
  readonly tell: (subject: string) => Effect.Effect<void>
  /** Whether another one has said so since this was asked last. */
  readonly isTold: (subject: string) => boolean
}

/** How often is decided again when others are faster. */
const mostTurns = 100

/** How long is waited at most before the next try, in milliseconds: about as long as a change takes. */
const longestStep = 8

/** The most values that are remembered. */
const mostKnown = 1000

interface Turn {
  readonly semaphore: Semaphore.Semaphore
  waiting: number
}

/** One after another, of those who name the same. */
const inTurn =
  (turns: Map<string, Turn>, subject: string) =>
  <A, E>(effect: Effect.Effect<A, E>): Effect.Effect<A, E> =>
    Effect.suspend(() => {
      const turn = turns.get(subject) ?? { semaphore: Semaphore.makeUnsafe(1), waiting: 0 }
      turns.set(subject, turn)
      turn.waiting += 1
      return turn.semaphore
        .withPermits(1)(effect)
        .pipe(
          Effect.ensuring(
            Effect.sync(() => {
              turn.waiting -= 1
              if (turn.waiting === 0) turns.delete(subject)
            })
          )
        )
    })

const none: State = { revision: 0, bytes: new Uint8Array() }

/** Values in a stream. */
export const make = (streams: Streams, stream: StreamName, crowd: Crowd): States => {
  const known = new Map<string, State>()
  /** Those of one process take turns: they would only be in each other's way. */
  const turns = new Map<string, Turn>()
  const remember = (subject: string, state: State): State => {
    known.delete(subject)
    if (state.revision > 0) known.set(subject, state)
    const [oldest] = known.keys()
    if (known.size > mostKnown && oldest !== undefined) known.delete(oldest)
    return state
  }
  const read = (subject: string) =>
    Effect.map(streams.last(stream, subject), (found) =>
      remember(subject, found === undefined ? none : { revision: found.seq, bytes: found.data })
    )

  return {
    read: (_operation, subject) => read(subject),
    change: (operation, subject, decide) =>
      inTurn(
        turns,
        subject
      )(
        Effect.gen(function* () {
          if (crowd.isTold(subject)) known.delete(subject)
          const remembered = known.get(subject)
          let isLast = remembered === undefined
          let state = remembered ?? (yield* read(subject))
          for (let turn = 0; turn < mostTurns; turn += 1) {
            if (turn > 1) {
              yield* crowd.tell(subject)
              // Out of step with the others: who is always a little later than they are loses every race.
              yield* Effect.sleep(yield* Random.nextIntBetween(0, Math.min(turn, longestStep)))
            }
            const { answer, becomes } = yield* decide(state)
            if (becomes === undefined) {
              if (isLast) return answer
              const last = yield* read(subject)
              if (last.revision === state.revision) return answer
              state = last
              isLast = true
              continue
            }
            if (becomes === "removed") {
              known.delete(subject)
              // What was changed meanwhile is another message: this one is not there any more.
              if (yield* streams.remove(stream, state.revision)) return answer
            } else {
              const what = { subject, body: becomes, expected: state.revision }
              const revision = yield* streams.append(operation, stream, what)
              if (revision !== undefined) {
                remember(subject, { revision, bytes: becomes })
                return answer
              }
            }
            state = yield* read(subject)
            isLast = true
          }
          return yield* new BrokerFailure({
            operation: `MessageBroker.${operation}`,
            retryable: true,
            detail: "others change the same faster",
            cause: new Error(`lost ${mostTurns} races`)
          })
        })
      ),
    put: (operation, subject, text) =>
      Effect.asVoid(streams.append(operation, stream, { subject, body: toBytes(text), expected: undefined })),
    text: (subject) =>
      Effect.map(streams.last(stream, subject), (found) => (found === undefined ? undefined : fromBytes(found.data))),
    purge: (subject) => streams.purge(stream, subject),
    forget: () => known.clear()
  }
}
