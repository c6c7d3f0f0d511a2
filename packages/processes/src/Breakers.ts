/**
 * Circuit breakers by key: what fails several times in a row is left alone for a while, and whoever wants it fails at once.
 *
 * A breaker is closed, and opens after so many failures in a row; it is half-open after its time, when one call may try;
 * succeeds that one, it is closed again. A refusal of the business is no failure. Each process has breakers of its own.
 */
import { Context, Duration, Effect, Layer, Schema } from "effect"
import { CircuitBreaker } from "effect/persistence"

/** What lies behind a breaker is left alone for now. */
export class BreakerOpen extends Schema.TaggedError<BreakerOpen>()("BreakerOpen", {
  breaker: Schema.String,
  /** When to try again, in milliseconds from now. */
  retryAfter: Schema.Finite
}) {
  override get message() {
    return `the breaker ${this.breaker} is open: try again in ${this.retryAfter} ms`
  }
}

/** How a breaker stands. */
export interface BreakerState {
  readonly breaker: string
  readonly state: "closed" | "open" | "half-open"
  /** When one call may try, in milliseconds from now; 0 unless it is open. */
  readonly retryAfter: number
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
    /** Runs an effect through a breaker. Whatever it fails with counts as a failure; an interruption does not. */
    guard<A, E, R>(breaker: string, effect: Effect.Effect<A, E, R>): Effect.Effect<A, E | BreakerOpen, R>
    /** How the breakers that were used stand, by name. */
    readonly states: Effect.Effect<ReadonlyArray<BreakerState>>
  }
>()("@eventfold/processes/Breakers") {
  /** Breakers of this process, all closed at first. */
  static readonly layer = ({ failures = 5, openFor = "60 seconds" }: BreakerOptions = {}): Layer.Layer<Breakers> =>
    Layer.effect(
      Breakers,
      Effect.gen(function* () {
        const circuit = yield* CircuitBreaker.make({
          tripPolicy: CircuitBreaker.consecutive(failures),
          openDuration: openFor
        })
        const used = new Set<string>()
        const stateOf = (breaker: string) =>
          Effect.map(Effect.orDie(circuit.state(breaker)), (state): BreakerState => {
            if (state._tag === "Closed") return { breaker, state: "closed", retryAfter: 0 }
            if (state._tag === "HalfOpen") return { breaker, state: "half-open", retryAfter: 0 }
            return { breaker, state: "open", retryAfter: Duration.toMillis(state.retryAfter) }
          })
        return {
          guard: <A, E, R>(breaker: string, effect: Effect.Effect<A, E, R>) =>
            Effect.suspend((): Effect.Effect<A, E | BreakerOpen, R> => {
              used.add(breaker)
              return Effect.mapError(circuit.execute<A, E>({ key: breaker })(effect), (error) =>
                error instanceof CircuitBreaker.CircuitBreakerError ? openOf(breaker, error) : error
              )
            }),
          states: Effect.suspend(() => Effect.forEach(Array.from(used).toSorted(), stateOf))
        }
      })
    ).pipe(Layer.provide(CircuitBreaker.layerStoreMemory()))
}

/** How long to wait while another call tries, in milliseconds. */
const whileTried = 1_000

const openOf = (breaker: string, { reason }: CircuitBreaker.CircuitBreakerError): BreakerOpen =>
  new BreakerOpen({
    breaker,
    retryAfter: reason._tag === "CircuitOpen" ? Duration.toMillis(reason.retryAfter) : whileTried
  })
