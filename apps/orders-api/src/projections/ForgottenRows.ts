/**
 * Makes anew what read models derived from the words of a person who has been forgotten: the hashes they are found by.
 *
 * It is done at once when somebody is forgotten here, and once more a little later: another process may have opened events
 * with a key it still remembered. The audit tells, twice a minute, who was forgotten by others, such as by the command, and
 * at the start who was in the last day, so that a crash in between is made good. What fails is tried again until it succeeds.
 */
import { Account, AccountSearch, AccountSummaries } from "@eventfold/domain-accounts"
import { OrderSearch } from "@eventfold/domain-ordering"
import { Specification } from "@eventfold/decider"
import { Audit, type EventStore, StreamId, type Transaction } from "@eventfold/event-store"
import { AccountId, CustomerId } from "@eventfold/shared-kernel"
import {
  type ConsumerProgress,
  type Consumers,
  type DeadLetters,
  ProjectionRunner,
  ReadModels,
  type ReadModelStore,
  refold
} from "@eventfold/subscriptions"
import { Cause, Context, DateTime, Effect, Layer, Option, Schedule, Schema } from "effect"
import { hosts } from "../contexts/Hosting.ts"
import { streamOf as streamOfOrder } from "../OrderStreamId.ts"
import { Settings } from "../Settings.ts"

/** For longer than any process remembers a key, or a state it has opened. */
const laterBy = "15 seconds"

/** How often the audit is asked. */
const lookEvery = "30 seconds"

/** How far clocks of processes and of the store may be apart, and how long an entry may be on its way. */
const overlap = { minutes: 1 }

const backOff = Schedule.min([Schedule.exponential("1 second"), Schedule.spaced("1 minute")]).pipe(Schedule.jittered)

type Needed =
  | ConsumerProgress
  | Consumers
  | DeadLetters
  | EventStore
  | ProjectionRunner
  | ReadModels
  | ReadModelStore
  | Transaction

/** Makes anew what read models derived from the words of somebody forgotten. */
export class ForgottenRows extends Context.Service<
  ForgottenRows,
  {
    /** Does it for a subject, as far as it can be done now, and again in the background. It never fails. */
    makeAnew(subject: string): Effect.Effect<void>
  }
>()("@eventfold/orders-api/ForgottenRows") {
  /** Works while the layer lives. */
  static readonly layer: Layer.Layer<ForgottenRows, never, Audit | Needed | Settings> = Layer.effect(
    ForgottenRows,
    Effect.gen(function* () {
      const settings = yield* Settings
      const { tenant } = settings
      const audit = yield* Audit
      const context = yield* Effect.context<Needed>()
      const scope = yield* Effect.scope
      const attempt = (subject: string) =>
        Effect.provideContext(ofSubject(tenant, subject, hosts(settings, "ordering")), context)
      const until = (subject: string) =>
        attempt(subject).pipe(
          Effect.tapError((error) =>
            Effect.logWarning(`rows of somebody forgotten are not made anew yet: ${error.message}`)
          ),
          Effect.retry(backOff)
        )

      /** Does it for everybody who was forgotten between two moments. */
      const between = Effect.fnUntraced(function* (from: DateTime.Utc, to: DateTime.Utc) {
        const wanted = { tenant, order: "newest", types: ["PersonForgotten"], from, to, limit: 500 } as const
        let cursor: number | undefined
        do {
          const { entries, next } = yield* audit.page(cursor === undefined ? wanted : { ...wanted, cursor })
          for (const entry of entries) if (entry._tag === "Action") yield* until(entry.subject)
          cursor = next
        } while (cursor !== undefined)
      })
      let seen = DateTime.subtract(yield* DateTime.now, { days: 1 })
      const look = Effect.gen(function* () {
        // What was forgotten just now could be opened again by a process that remembers the key.
        const to = DateTime.subtractDuration(yield* DateTime.now, laterBy)
        yield* between(DateTime.subtract(seen, overlap), to)
        seen = to
      }).pipe(
        // A defect, too, is tried again: looking that has ended would be seen by nobody.
        Effect.catchCause((cause) => Effect.fail(Cause.squash(cause))),
        Effect.tapError((error) => Effect.logWarning("it cannot be looked for who was forgotten", error))
      )
      yield* Effect.forkScoped(Effect.repeat(Effect.retry(look, backOff), Schedule.spaced(lookEvery)))

      return {
        makeAnew: Effect.fn("ForgottenRows.makeAnew")(function* (subject) {
          yield* Effect.forkIn(Effect.delay(until(subject), laterBy), scope)
          yield* Effect.catchCause(attempt(subject), (cause) =>
            Effect.logWarning("rows of somebody forgotten are made anew later", Cause.squash(cause))
          )
        })
      }
    })
  )
}

const asCustomer = Schema.decodeUnknownOption(CustomerId)
const asAccount = Schema.decodeUnknownOption(AccountId)

/** A subject is a customer for orders, where these are hosted, and an account for its owner. */
const ofSubject = Effect.fnUntraced(function* (tenant: string, subject: string, hasOrders: boolean) {
  const customer = asCustomer(subject)
  if (hasOrders && Option.isSome(customer))
    yield* anew(OrderSearch.readModel.name, yield* ordersOf(tenant, customer.value))
  const account = asAccount(subject)
  if (Option.isSome(account)) {
    const stream = StreamId.make(tenant, Account.Account.category, account.value)
    yield* anew(AccountSearch.readModel.name, [stream])
    yield* anew(AccountSummaries.readModel.name, [stream])
  }
})

const anew = Effect.fnUntraced(function* (name: string, streams: ReadonlyArray<StreamId.StreamId>) {
  const { projections } = yield* ProjectionRunner
  const projection = projections.find((one) => one.name === name)
  if (projection !== undefined && streams.length > 0) yield* refold(projection, streams)
})

/** The streams of all orders of a customer, as far as the search knows them. */
const ordersOf = Effect.fnUntraced(function* (tenant: string, customerId: CustomerId) {
  const models = yield* ReadModels
  const where = Specification.eq(OrderSearch.rows.field("customerId"), customerId)
  const streams: Array<StreamId.StreamId> = []
  let after: string | undefined
  do {
    const page = yield* models.find(OrderSearch.readModel, tenant, { where, limit: 1000, after })
    for (const { orderId } of page.rows) streams.push(streamOfOrder(tenant, orderId))
    after = page.next
  } while (after !== undefined)
  return streams
})
