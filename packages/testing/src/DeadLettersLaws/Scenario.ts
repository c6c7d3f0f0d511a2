/** What the laws of dead letters make up: every law has consumers and tenants of its own, so that all run on one store. */
import { Transaction } from "@eventfold/event-store"
import { type DeadLetter, DeadLetters, type LettersPage, type NewLetter } from "@eventfold/subscriptions"
import { Effect } from "effect"
import * as Names from "../EventStoreLaws/Scenario.ts"
import { expectEqual } from "../Law.ts"

/** Why an event failed, with all that text can be. */
export const failure = {
  kind: "permanent",
  name: "ProjectionFailed",
  message: 'it\'s "broken"\n\\ and 100 % _so_ \u{1f600}',
  stack: "at one (one.ts:1:2)\nat two (two.ts:3:4)"
} as const

/** A name that no other consumer has. */
export const consumer = Effect.map(Names.hex(16), (hex) => `law-${hex}`)

/** A tenant that no other law has. */
export const tenant = Names.tenant

/** An event that failed, unless `parts` say otherwise. */
export const letter = (
  of: Pick<NewLetter, "consumer" | "tenant" | "position"> & Partial<NewLetter>
): Effect.Effect<NewLetter> =>
  Effect.map(Names.uuid, (eventId) => {
    const partition = of.partition ?? "order-1"
    const stream = { tenant: of.tenant, category: "order", id: partition }
    return { partition, stream, version: of.position, eventId, eventType: "OrderPlaced", failure, ...of }
  })

/** An event that waits behind one that failed, unless `parts` say otherwise. */
export const waiting = (of: Parameters<typeof letter>[0]) => letter({ failure: undefined, ...of })

/** Notes letters: of one consumer and tenant, at these positions, alike but for what is given. */
export const parkAt = Effect.fnUntraced(function* (
  positions: ReadonlyArray<number>,
  of: Pick<NewLetter, "consumer" | "tenant"> & Partial<NewLetter>
) {
  const letters = yield* Effect.forEach(positions, (position) => letter({ ...of, position }))
  yield* park(letters)
  return letters
})

/** Notes letters. */
export const park = (letters: ReadonlyArray<NewLetter>) => Effect.flatMap(DeadLetters, (port) => port.park(letters))

/** The positions of letters. */
export const positionsOf = (letters: ReadonlyArray<Pick<DeadLetter, "position">>): ReadonlyArray<number> =>
  letters.map(({ position }) => position)

/** Fails unless a list has the letters of these positions in it, in this order. */
export const expectListed = Effect.fnUntraced(function* (
  what: string,
  page: Omit<LettersPage, "limit"> & { readonly limit?: number },
  positions: ReadonlyArray<number>
) {
  const found = yield* (yield* DeadLetters).list({ limit: 100, ...page })
  yield* expectEqual(what, positionsOf(found), positions)
})

/** Who discards letters in the laws. */
export const by = { by: "user-7", reason: 'it\'s a "test"' } as const

/** Runs in a transaction. */
export const run = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.flatMap(Transaction, (transaction) => transaction.run(effect))
