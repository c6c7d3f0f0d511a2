/**
 * Ports that fail at random between any two steps: before a call, or after it, when it has done what it was asked for and
 * only its answer is lost; and calls that are interrupted. What they fail with can pass.
 *
 * It draws from `Random`, so a seed repeats it. Nothing fails while the odds are 0.
 */
import { EventStore, EventStoreFailure, Transaction } from "@eventfold/event-store"
import { Consumers, DeadLetters, ReadModelStore } from "@eventfold/subscriptions"
import { Context, Effect, Random, Stream } from "effect"

/** The odds that something goes wrong at a step, from 0 to 1. Change it while everything runs. */
export interface Odds {
  of: number
}

/** What everything that follows the log stands on. */
export type Ports = Consumers | DeadLetters | EventStore | ReadModelStore | Transaction

/** The same ports, failing at random. */
export const around = <Others>(ports: Context.Context<Ports | Others>, odds: Odds): Context.Context<Ports | Others> => {
  const step = Effect.fnUntraced(function* (operation: string) {
    if ((yield* Random.next) >= odds.of) return
    if ((yield* Random.next) < 0.2) return yield* Effect.interrupt
    return yield* new EventStoreFailure({ operation, retryable: true, detail: "chaos", cause: undefined })
  })
  /** Two steps: before it, and after it. */
  const risky = <A, E, R>(operation: string, effect: Effect.Effect<A, E, R>) =>
    Effect.andThen(
      step(operation),
      Effect.tap(effect, () => step(operation))
    )

  const consumers = Context.get(ports, Consumers)
  const letters = Context.get(ports, DeadLetters)
  const log = Context.get(ports, EventStore)
  const rows = Context.get(ports, ReadModelStore)
  const transaction = Context.get(ports, Transaction)
  return ports.pipe(
    Context.add(Consumers, {
      ...consumers,
      register: (...given) => risky("register", consumers.register(...given)),
      acquire: (...given) => risky("acquire", consumers.acquire(...given)),
      renew: (...given) => risky("renew", consumers.renew(...given)),
      release: (...given) => risky("release", consumers.release(...given)),
      advance: (...given) => risky("advance", consumers.advance(...given)),
      hold: (...given) => risky("hold", consumers.hold(...given)),
      states: (...given) => risky("states", consumers.states(...given))
    }),
    Context.add(DeadLetters, {
      ...letters,
      park: (...given) => risky("park", letters.park(...given)),
      any: (...given) => risky("any", letters.any(...given)),
      heldOf: (...given) => risky("heldOf", letters.heldOf(...given)),
      queue: (...given) => risky("queue", letters.queue(...given)),
      resolve: (...given) => risky("resolve", letters.resolve(...given))
    }),
    Context.add(EventStore, {
      ...log,
      readLog: (page) => risky("readLog", log.readLog(page)),
      readAll: (options) => Stream.unwrap(Effect.as(step("readAll"), log.readAll(options)))
    }),
    Context.add(ReadModelStore, {
      ...rows,
      generations: (...given) => risky("generations", rows.generations(...given)),
      begin: (...given) => risky("begin", rows.begin(...given)),
      serve: (...given) => risky("serve", rows.serve(...given)),
      load: (...given) => risky("load", rows.load(...given)),
      apply: (...given) => risky("apply", rows.apply(...given))
    }),
    Context.add(Transaction, { run: (effect) => risky("commit", transaction.run(effect)) })
  )
}
