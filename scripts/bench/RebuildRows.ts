/** The rows that `bench:rebuild` builds anew: one per account, and readers who see that none ever falls back. */
import { Projection, ReadModel, Rows, Sorting, Specification } from "@eventfold/decider"
import { ManagedProjection, ReadModels } from "@eventfold/subscriptions"
import { Effect, Schema } from "effect"
import { account } from "./Account.ts"

const rows = ReadModel.make({
  name: "bench_accounts",
  key: ["account"],
  row: Schema.Struct({ account: Schema.String, balance: Schema.Int, deposits: Schema.Int }),
  indexes: [["deposits"]]
})

/** What each account holds, and how often something was deposited. */
export const projection = (slices: number) =>
  ManagedProjection.make(
    Projection.make({
      readModel: rows,
      events: account.Event,
      keys: (_, { stream }) => [{ account: `${stream.category}/${stream.id}` }],
      project: ({ amount }, [before], { stream }) => [
        Projection.upsert({
          account: `${stream.category}/${stream.id}`,
          balance: (before?.balance ?? 0) + amount,
          deposits: (before?.deposits ?? 0) + 1
        })
      ]
    }),
    { slices }
  )

/** What readers have seen. */
export interface Readings {
  reads: number
  failed: number
  backInTime: number
}

/** Reads the accounts with the most deposits again and again, without end, and notes what must not be. */
export const readOn = (readings: Readings) => {
  const seen = new Map<string, number>()
  const wanted = {
    where: Specification.everything,
    sort: [Sorting.descending(Rows.of(rows).field("deposits"))],
    limit: 100
  }
  return Effect.flatMap(ReadModels, (models) => models.find(rows, "bench", wanted)).pipe(
    Effect.matchCause({
      onFailure: () => void (readings.failed += 1),
      onSuccess: ({ rows: found }) => {
        for (const { account: name, deposits } of found) {
          if (deposits < (seen.get(name) ?? 0)) readings.backInTime += 1
          seen.set(name, deposits)
        }
      }
    }),
    Effect.andThen(Effect.sync(() => (readings.reads += 1))),
    Effect.andThen(Effect.sleep("5 millis")),
    Effect.forever
  )
}
