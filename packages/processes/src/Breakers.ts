/**
 * Circuit breakers by key: what fails several times in a row is left alone for a while, and whoever wants it fails at once.
 *
 * A breaker is closed, and opens after so many failures in a row; it is half-open after its time, when one call may try, the
 * probe; succeeds that one, it is closed again. Whoever comes while it tries fails at once, too, and is told to come back
 * when it has taken as long again. A refusal of the business is no failure. Each process has breakers of its own.
 *
 * Through the breaker of a command the whole command goes, its way to whoever handles it included. So whoever guards it says
 * what counts: a failure of that way is none of what lies behind the breaker.
 *
 * Gotchas: nobody probes by himself. A breaker stays open until somebody calls again after its time, for a week at the most.
 * Every success counts as one, even that of a call that was answered without asking what lies behind the breaker, such as a
 * command that is repeated: nobody tells.
 */
import { Cause, Clock, Context, DateTime, Duration, Effect, Exit, Layer, Schema } from "effect"
import { CircuitBreaker } from "effect/persistence"

/** What lies behind a breaker is left alone for now. */
export class BreakerOpen extends Schema.TaggedError<BreakerOpen>()("BreakerOpen", {
  breaker: Schema.String,
  /** `half-open`: another call finds out at this moment. */
  state: Schema.Literals(["open", "half-open"]),
  /** When to try again, in milliseconds from now. */
  retryAfter: Schema.Finite
}) {
  override get message() {
    return `the breaker ${this.breaker} is ${this.state}: try again in ${this.retryAfter} ms`
  }
}

/** How a breaker stands. */
export interface BreakerState {
  readonly breaker: string
  /** `half-open`: a call may try, or does. */
  readonly state: "closed" | "open" | "half-open"
  /** When one call may try, in milliseconds from now; 0 unless it is open. */
  readonly retryAfter: number
  /** Since when it has not been closed; undefined when it is. */
  readonly since: DateTime.Utc | undefined
}

/** How breakers behave. */
export interface BreakerOptions {
  /** Failures in a row that open it. Default: 5. */
  readonly failures?: number
  /** How long it stays open. Default: 60 s. */
  readonly openFor?: Duration.Input
}

/** Circuit breakers by key. */
export class Breakers extends Context.Service<
  Breakers,
  {
    /**
     * Runs an effect through a breaker. Whatever it fails with counts as a failure, mistakes of the program included; with
     * `counts` only what that says of its errors does. The rest counts as nothing, and an interruption never counts: it is
     * no success either, neither ends the failures in a row nor closes the breaker, and the next call may try in its place.
     */
    guard<A, E, R>(
      breaker: string,
      effect: Effect.Effect<A, E, R>,
      counts?: (error: E) => boolean
    ): Effect.Effect<A, E | BreakerOpen, R>
    /** How the breakers that were used stand, by name. */
    readonly states: Effect.Effect<ReadonlyArray<BreakerState>>
  }
>()("@eventfold/processes/Breakers") {
  /** Breakers of this process, all closed at first. */
  static readonly layer = (options: BreakerOptions = {}): Layer.Layer<Breakers> =>
    Layer.effect(Breakers, make(options)).pipe(
      // What nobody asks for stays as it is: a breaker that has forgotten would say that all is well.
      Layer.provide(CircuitBreaker.layerStoreMemory({ idleTimeToLive: "7 days" }))
    )
}

/** Since when a breaker has not been closed, and since when a call has tried, in milliseconds. */
interface Trouble {
  readonly since: number
  readonly probedSince: number
}

const make = Effect.fnUntraced(function* ({ failures = 5, openFor = "60 seconds" }: BreakerOptions) {
  const store = yield* CircuitBreaker.CircuitBreakerStore
  const troubles = new Map<string, Trouble>()
  const used = new Set<string>()

  const changed = Effect.fnUntraced(function* ({ from, key, to }: CircuitBreaker.Transition) {
    const now = yield* Clock.currentTimeMillis
    if (to === "Closed") {
      troubles.delete(key)
      yield* Effect.logDebug(`the breaker ${key} is closed again`)
      return
    }
    // One that was forgotten while it was open has been closed since, and nobody was told.
    const known = from === "Closed" ? undefined : troubles.get(key)
    troubles.set(key, { since: known?.since ?? now, probedSince: now })
    if (known === undefined) yield* Effect.logDebug(`the breaker ${key} is open: ${failures} failures in a row`)
  })
  const noted = (transition: CircuitBreaker.Transition | undefined) =>
    transition === undefined ? Effect.void : changed(transition)

  const circuit = yield* CircuitBreaker.make({
    tripPolicy: CircuitBreaker.consecutive(failures),
    openDuration: openFor
  }).pipe(
    Effect.provideService(CircuitBreaker.CircuitBreakerStore, {
      ...store,
      admit: (key) =>
        Effect.tap(store.admit(key), ({ probe }) =>
          // The one before may have been interrupted: then there is no transition.
          probe ? changed({ key, from: "Open", to: "HalfOpen" }) : Effect.void
        ),
      record: (outcome) => Effect.tap(store.record(outcome), noted)
    })
  )

  const openOf = (breaker: string, { reason }: CircuitBreaker.CircuitBreakerError) =>
    Effect.map(Clock.currentTimeMillis, (now) => {
      if (reason._tag === "CircuitOpen") {
        return new BreakerOpen({ breaker, state: "open", retryAfter: Duration.toMillis(reason.retryAfter) })
      }
      const taken = now - (troubles.get(breaker)?.probedSince ?? now)
      return new BreakerOpen({ breaker, state: "half-open", retryAfter: Math.max(shortestWait, taken) })
    })

  const stateOf = Effect.fnUntraced(function* (breaker: string): Effect.fn.Return<BreakerState> {
    const state = yield* Effect.orDie(circuit.state(breaker))
    const trouble = troubles.get(breaker)
    if (state._tag === "Closed") return { breaker, state: "closed", retryAfter: 0, since: undefined }
    const since = trouble === undefined ? undefined : DateTime.makeUnsafe(trouble.since)
    const retryAfter = state._tag === "Open" ? Duration.toMillis(state.retryAfter) : 0
    return { breaker, state: retryAfter > 0 ? "open" : "half-open", retryAfter, since }
  })

  return {
    guard: <A, E, R>(breaker: string, effect: Effect.Effect<A, E, R>, counts?: (error: E) => boolean) =>
      Effect.suspend((): Effect.Effect<A, E | BreakerOpen, R> => {
        used.add(breaker)
        return Effect.catch(
          circuit.execute<A, E>({ key: breaker, classify: counts && classifying(counts) })(effect),
          (error): Effect.Effect<never, E | BreakerOpen> =>
            error instanceof CircuitBreaker.CircuitBreakerError
              ? Effect.flatMap(openOf(breaker, error), Effect.fail)
              : Effect.fail(error)
        )
      }),
    states: Effect.suspend(() => Effect.forEach(Array.from(used).toSorted(), stateOf))
  }
})

/** What a call says of what lies behind the breaker, when only some errors count. */
const classifying =
  <E>(counts: (error: E) => boolean) =>
  (exit: Exit.Exit<unknown, E>): CircuitBreaker.Outcome => {
    if (Exit.isSuccess(exit)) return CircuitBreaker.success
    const isOne = exit.cause.reasons.some((reason) => Cause.isFailReason(reason) && counts(reason.error))
    return isOne ? CircuitBreaker.failure() : CircuitBreaker.ignored
  }

/** The shortest wait while another call tries, in milliseconds. */
const shortestWait = 1_000
