/**
 * Reads one account, as of now or of the past, or the history of its balances, from its stream; or where a transfer is. Query
 * handlers use this in place of the event store, with which they could write.
 *
 * A balance is known only from all the events before it, so each page of a history folds the stream from its beginning;
 * memory stays flat, whatever the length. An event that cannot be decoded makes the account unreadable: a defect.
 */
import { Account, type AccountEvents, BalanceHistory, Transfer, type TransferId } from "@eventfold/domain-accounts"
import { EventCodec, EventStore, type History, type ReadModelFailure } from "@eventfold/event-store"
import type { AccountId } from "@eventfold/shared-kernel"
import { Context, Effect, Layer, Option, Stream } from "effect"
import { streamOf, transferStreamOf } from "../AccountStreamId.ts"
import type { AccountDetail, BalanceHistoryPage, GetBalanceHistory, WhereTransferIs } from "./AccountQueries.ts"
import { show } from "./Shown.ts"
import * as StreamEvents from "./StreamEvents.ts"

/** Reads accounts from their streams. */
export class AccountStreams extends Context.Service<
  AccountStreams,
  {
    /** The account as it is now, or as of a point in the past; `none` when there is no such account, or was none then. */
    detail(
      tenant: string,
      accountId: AccountId,
      asOf?: History.HistoryPoint
    ): Effect.Effect<Option.Option<AccountDetail>, ReadModelFailure>
    /** Where the money of a transfer is. */
    transfer(tenant: string, transferId: TransferId.TransferId): Effect.Effect<WhereTransferIs, ReadModelFailure>
    /** A page of the history of its balances; `none` when there is no such account. */
    balances(query: GetBalanceHistory): Effect.Effect<Option.Option<BalanceHistoryPage>, ReadModelFailure>
  }
>()("@eventfold/orders-api/AccountStreams") {
  /** Reads from the event store. */
  static readonly layer: Layer.Layer<AccountStreams, never, EventStore> = Layer.effect(
    AccountStreams,
    Effect.gen(function* () {
      const store = yield* EventStore
      const read = yield* StreamEvents.reader(codec, readModel)
      const readTransfer = yield* StreamEvents.reader(transferCodec, readModel)
      return {
        transfer: Effect.fn("AccountStreams.transfer")(function* (tenant, transferId) {
          // A transfer has two events at the most.
          const told = yield* Stream.runCollect(readTransfer(transferStreamOf(tenant, transferId)))
          const { status } = StreamEvents.followed(Transfer.Transfer, told).state
          return { status: status === "none" ? "requested" : status }
        }),
        detail: Effect.fn("AccountStreams.detail")(function* (tenant, accountId, asOf) {
          const { account, ...rest } = yield* read(streamOf(tenant, accountId), asOf).pipe(
            Stream.runFold(() => nothingYet, follow)
          )
          if (account.status === "none" || rest.openedAt === undefined) return Option.none()
          const { balances, owner, status } = account
          const { closedAt, openedAt, version } = rest
          // The events up to version 9 of an account that has 5 are no account at version 9.
          if (asOf?._tag === "Version" && version !== asOf.version) return Option.none()
          const closed = closedAt === undefined ? {} : { closedAt }
          return Option.some({ accountId, owner: show(owner), status, version, balances, openedAt, ...closed })
        }),
        balances: Effect.fn("AccountStreams.balances")(function* ({ tenant, accountId, limit, ...query }) {
          const newest = { direction: "backwards", from: Number.MAX_SAFE_INTEGER, limit: 1 } as const
          const stream = streamOf(tenant, accountId)
          const [last] = yield* Effect.catch(store.readPage(stream, newest), StreamEvents.failedAs(readModel))
          if (last === undefined) return Option.none()
          // One more than asked for tells whether there is another page.
          const found = yield* read(stream).pipe(
            Stream.mapAccum(
              () => Account.initial,
              (account, { event, recorded }) => BalanceHistory.step(account, event, recorded.version)
            ),
            Stream.filter((entry) => entry.version > (query.after ?? 0) && BalanceHistory.isIn(query)(entry)),
            Stream.take(limit + 1),
            Stream.runCollect
          )
          const entries = found.slice(0, limit)
          const end = found.length > limit ? entries.at(-1) : undefined
          const next = end === undefined ? {} : { next: end.version }
          return Option.some({ accountId, version: last.version, entries, ...next })
        })
      }
    })
  )
}

const codec = EventCodec.make(Account.Account.Event)
const transferCodec = EventCodec.make(Transfer.Transfer.Event)

const readModel = "accounts, from their streams"

/** An account so far, with its version and when it was opened and closed. */
interface Followed extends Partial<Pick<AccountDetail, "openedAt" | "closedAt">> {
  readonly account: ReturnType<typeof Account.evolve>
  readonly version: number
}

const nothingYet: Followed = { account: Account.initial, version: 0 }

const follow = (
  followed: Followed,
  { event, recorded: { version } }: StreamEvents.Told<AccountEvents.AccountEvent>
): Followed => {
  const account = Account.evolve(followed.account, event)
  const next = { ...followed, account, version }
  if (account.status === followed.account.status) return next
  if (account.status === "closed") return { ...next, closedAt: event.occurredAt }
  // Money that comes back opens it again, which is no second opening.
  const { closedAt: _, ...open } = next
  return { openedAt: event.occurredAt, ...open }
}
