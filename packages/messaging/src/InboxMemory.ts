/** The inbox in memory. It joins the transactions of `Transaction.layerMemory`; of two that handle a message, one runs again. */
import { compareText } from "@eventfold/decider/RowValue"
import { Transaction } from "@eventfold/event-store"
import { DateTime, Effect, HashMap, Layer, Option, TxRef } from "effect"
import {
  Inbox,
  type InboxDriver,
  type InboxEntry,
  type InboxMessage,
  type InboxQuery,
  type MessageIdentity
} from "./Inbox.ts"

/** An inbox in memory, empty at first. */
export const layerMemory: Layer.Layer<Inbox, never, Transaction> = Layer.effect(
  Inbox,
  Effect.gen(function* () {
    const transaction = yield* Transaction
    return Inbox.make(yield* driver, transaction)
  })
)

/** A new store in memory, for layers that put something around it. */
export const driver: Effect.Effect<InboxDriver> = Effect.gen(function* () {
  const entries = yield* TxRef.make(HashMap.empty<string, InboxEntry>())
  /** Puts an entry to a state, unless the message has been dealt with; answers whether it had been. */
  const move = (
    handler: string,
    message: InboxMessage,
    now: number,
    change: (found: InboxEntry | undefined) => Pick<InboxEntry, "state" | "attempts" | "error">
  ) =>
    TxRef.modify(entries, (all) => {
      const key = keyOf(handler, message)
      const found = Option.getOrUndefined(HashMap.get(all, key))
      if (found?.state === "processed") return [true, all]
      const { id, source, tenant, type } = message
      const entry = { handler, tenant, source, id, type, at: DateTime.makeUnsafe(now), ...change(found) }
      return [false, HashMap.set(all, key, entry)]
    })

  return {
    begin: (handler, message, now) =>
      move(handler, message, now, (found) => {
        return { state: "processing", attempts: (found?.attempts ?? 0) + 1, error: undefined }
      }),
    mark: (handler, message, now) =>
      Effect.map(
        move(handler, message, now, (found) => {
          return { state: "processed", attempts: found?.attempts ?? 1, error: undefined }
        }),
        (before) => !before
      ),
    fail: (handler, message, now, error) =>
      Effect.asVoid(
        move(handler, message, now, (found) => {
          return { state: "failed", attempts: found?.attempts ?? 1, error }
        })
      ),
    list: (query) =>
      Effect.map(Effect.tx(TxRef.get(entries)), (all) =>
        Array.from(HashMap.values(all))
          .filter((entry) => fits(query, entry))
          .toSorted(compare)
          .slice(0, query.limit)
      ),
    purge: (before, limit) =>
      TxRef.modify(entries, (all) => {
        const gone = Array.from(HashMap.entries(all))
          .filter(([, { at }]) => at.epochMilliseconds < before.epochMilliseconds)
          .toSorted(([, a], [, b]) => a.at.epochMilliseconds - b.at.epochMilliseconds)
          .slice(0, limit)
          .map(([key]) => key)
        return [gone.length, HashMap.removeMany(all, gone)]
      }),
    forget: (handler, messages) =>
      TxRef.modify(entries, (all) => {
        const keys = messages.map((message) => keyOf(handler, message))
        const left = HashMap.removeMany(all, keys)
        return [HashMap.size(all) - HashMap.size(left), left]
      })
  }
})

const keyOf = (handler: string, { id, source, tenant }: MessageIdentity): string =>
  JSON.stringify([handler, tenant, source, id])

const fits = ({ after, handler, messageId, state, tenant }: InboxQuery, entry: InboxEntry): boolean =>
  (handler === undefined || entry.handler === handler) &&
  (tenant === undefined || entry.tenant === tenant) &&
  (state === undefined || entry.state === state) &&
  (messageId === undefined || entry.id === messageId) &&
  (after === undefined || compare(entry, after) > 0)

/** The order of lists. */
const compare = (a: NonNullable<InboxQuery["after"]>, b: NonNullable<InboxQuery["after"]>): number =>
  b.at.epochMilliseconds - a.at.epochMilliseconds ||
  compareText(a.handler, b.handler) ||
  compareText(a.tenant, b.tenant) ||
  compareText(a.source, b.source) ||
  compareText(a.id, b.id)
