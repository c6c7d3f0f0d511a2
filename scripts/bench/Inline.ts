/** What `append-1-inline` appends: a deposit whose stream has a row that is written in the same transaction. */
import { DomainEvent, Projection, ReadModel } from "@eventfold/decider"
import { EventCodec, EventStore, ExpectedVersion } from "@eventfold/event-store"
import { InlineProjections, ManagedProjection, ReadModelStore } from "@eventfold/subscriptions"
import { Effect, Schema } from "effect"
import * as Samples from "./Samples.ts"

const DepositShown = DomainEvent.make("DepositShown", {
  amount: Schema.Int,
  currency: Schema.String,
  reference: Schema.String,
  memo: Schema.String
})
const Shown = Schema.Union([DepositShown])

const balances = ReadModel.make({
  name: "bench_balances",
  key: ["account"],
  row: Schema.Struct({ account: Schema.String, balance: Schema.Int, currency: Schema.String, deposits: Schema.Int })
})

const projection = ManagedProjection.make(
  Projection.make({
    readModel: balances,
    events: Shown,
    keys: Projection.byStream("inline", "account"),
    project: ({ amount, currency }, [before], { stream }) => [
      Projection.upsert({
        account: stream.id,
        balance: (before?.balance ?? 0) + amount,
        currency,
        deposits: (before?.deposits ?? 0) + 1
      })
    ]
  }),
  { mode: "inline" }
)

/** Runs it with every append of such an event. */
export const layer = InlineProjections.layer([projection])

/** Makes the table of its rows, and has it written. */
export const prepare = Effect.gen(function* () {
  const store = yield* ReadModelStore
  const { fingerprint, rowsFingerprint } = yield* projection.fingerprints
  const begun = { projection: projection.name, fingerprint, rowsFingerprint, slices: 1, from: undefined }
  if ((yield* store.generations(projection.name)).length > 0) return
  yield* store.serve(yield* store.begin(begun, projection.readModels), balances)
})

const codec = EventCodec.make(Shown)

/** A deposit to a new stream, and its row. */
export const append = Effect.gen(function* () {
  const store = yield* EventStore
  const event = DepositShown.make({ ...Samples.deposit, occurredAt: Samples.occurredAt })
  const encoded = yield* codec.encode([event], "bench")
  return yield* store.append(Samples.newStream("inline"), ExpectedVersion.NoStream, Samples.fresh(encoded))
})
