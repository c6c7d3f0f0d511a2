/** What the laws of the inbox make up: every law has handlers and tenants of its own, so that all run on one store. */
import { Inbox, type InboxMessage, type InboxQuery, type OnceOptions } from "@eventfold/messaging"
import { EventStore, ExpectedVersion, type StreamId, Transaction } from "@eventfold/event-store"
import { Effect } from "effect"
import * as Names from "../EventStoreLaws/Scenario.ts"

/** A handler and a tenant no other law has, and a stream for what is done. */
export const fresh = Effect.gen(function* () {
  const handler = `law-${yield* Names.hex(12)}`
  const stream = yield* Names.stream
  return { handler, tenant: stream.tenant, stream }
})

/** A message of a tenant. */
export const message = (tenant: string, id: string, other: Partial<InboxMessage> = {}): InboxMessage => ({
  tenant,
  source: "/contexts/ordering",
  id,
  type: "ordering.order-placed.v1",
  ...other
})

/** Handles a message. */
export const once = <E, R>(
  handler: string,
  message: InboxMessage,
  effect: Effect.Effect<void, E, R>,
  options?: OnceOptions<E>
) => Effect.flatMap(Inbox, (inbox) => inbox.once(handler, message, effect, options))

/** The entries of a handler. */
export const list = (handler: string, query: Partial<InboxQuery> = {}) =>
  Effect.flatMap(Inbox, (inbox) => inbox.list({ handler, limit: 1000, ...query }))

/** The entries of a handler in a few words each. */
export const told = (handler: string, query: Partial<InboxQuery> = {}) =>
  Effect.map(list(handler, query), (entries) =>
    entries.map(
      ({ attempts, error, id, state }) => `${id} ${state} ${attempts}${error === undefined ? "" : ` ${error}`}`
    )
  )

/** What a handler does: it stores one more event. */
export const work = (stream: StreamId.StreamId) =>
  Effect.gen(function* () {
    yield* (yield* EventStore).append(stream, ExpectedVersion.Any, [yield* Names.event()])
  })

/** How often it was done. */
export const done = (stream: StreamId.StreamId) => Effect.map(Names.read(stream), (events) => events.length)

/** Runs in a transaction. */
export const run = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.flatMap(Transaction, (transaction) => transaction.run(effect))
