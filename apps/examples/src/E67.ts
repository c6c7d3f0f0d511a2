/**
 * E67, eventual consistency: rows follow the events a moment later, and a reader can say how much of that it accepts.
 *
 * Shows: the token of a command, and a query that waits for it; one that does not wait, and says whether it is up to
 * date; the lag of a projection that stands still; a query that gives up; one that names the purse whose event could not
 * be dealt with, while the others go on.
 */
import { Projection, ReadModel } from "@eventfold/decider"
import { ConsistencyToken } from "@eventfold/event-store"
import {
  ConsistencyDemand,
  DeadLetterDesk,
  Freshness,
  ManagedProjection,
  ProjectionRunner,
  ReadModels
} from "@eventfold/subscriptions"
import { Console, Effect, Option, Schema } from "effect"
import * as Purses from "./Purses.ts"
import * as ReadSide from "./ReadSide.ts"

/** What it is about. */
export const title = "Eventual consistency: a query that waits for what a command has done, or says that it did not"

const category = "example-e67"

const balances = ReadModel.make({
  name: "example_balances",
  key: ["purseId"],
  row: Schema.Struct({ purseId: Schema.String, cents: Schema.Int })
})

const Balances = Projection.make({
  readModel: balances,
  events: Purses.PurseEvent,
  keys: Projection.byStream(category, "purseId"),
  project: (event, [row], { stream: { id: purseId } }) => {
    const cents = row?.cents ?? 0
    switch (event._tag) {
      case "PurseOpened":
      case "PurseClosed":
        return [Projection.upsert({ purseId, cents })]
      case "PursePaidIn":
        return [Projection.upsert({ purseId, cents: cents + event.cents })]
      case "PurseTakenOut":
        // An import has told what cannot be: somebody has to look at it.
        if (event.cents > cents) throw new Error("more was taken out than was in it")
        return [Projection.upsert({ purseId, cents: cents - event.cents })]
    }
  }
})

const projections = [ManagedProjection.make(Balances, { filter: { categories: [category] } })]

/** The story. */
export const program = Effect.gen(function* () {
  const tenant = yield* Purses.newTenant
  const store = Purses.storing(category, tenant)
  const [models, runner] = [yield* ReadModels, yield* ProjectionRunner]

  const balanceOf = (purseId: string) =>
    Effect.map(models.get(balances, tenant, { purseId }), (row) =>
      Option.match(row, { onNone: () => "no row", onSome: ({ cents }) => Purses.amount(cents) })
    )
  /** Asks, and tells what comes of it. */
  const ask = (purseId: string, demand: ReturnType<typeof ConsistencyDemand.demand> = (query) => query) =>
    Effect.flatMap(Freshness.collect(demand(balanceOf(purseId))), ([balance, [seen]]) =>
      Console.log(`  ${purseId}: ${balance}, ${seen?.upToDate === true ? "up to date" : "not up to date"}`)
    ).pipe(
      Effect.catchTag("NotUpToDate", ({ parked, retryAfter }) =>
        Console.log(
          `  ${purseId}: NotUpToDate, ${parked === undefined ? `ask again in ${retryAfter} s` : `${parked} is held back`}`
        )
      )
    )

  yield* ReadSide.whenReady(balanceOf("purse-1"))
  yield* Console.log("A command answers a token; a query that is given it waits until it sees what was done")
  const first = yield* store("purse-1", Purses.opened("Ada"), Purses.paidIn(100))
  yield* ask("purse-1", ConsistencyDemand.demand(first))

  yield* Console.log("The projection stands still, and 30.00 are taken out")
  yield* ReadSide.standStill(balances.name)
  const second = yield* store("purse-1", Purses.takenOut(30))
  const [status] = yield* runner.statuses
  yield* Console.log(`  it is ${status?.current?.lag?.count} event behind`)
  yield* Console.log("  without a token:")
  yield* ask("purse-1")
  yield* Console.log("  with the token, for a tenth of a second:")
  yield* ask("purse-1", ConsistencyDemand.demand(second, "100 millis"))

  yield* Console.log("It goes on")
  yield* runner.start(balances.name)
  yield* ask("purse-1", ConsistencyDemand.demand(second))

  yield* Console.log("An event comes that cannot be dealt with; the other purses go on")
  const poison = yield* store("purse-1", Purses.takenOut(500), Purses.paidIn(1))
  const other = yield* store("purse-2", Purses.opened("Grace"), Purses.paidIn(7))
  yield* ask("purse-1", ConsistencyDemand.demand(poison))
  yield* ask("purse-2", ConsistencyDemand.demand(other))

  yield* Console.log("Somebody looks at it, and discards it: what queues behind it is dealt with")
  const [, afterwards] = yield* ConsistencyToken.collect(tenant, discard(tenant))
  yield* ask("purse-1", ConsistencyDemand.demand(afterwards))
}).pipe(Effect.provide(ReadSide.layer(projections)))

const discard = Effect.fnUntraced(function* (tenant: string) {
  const desk = yield* DeadLetterDesk
  for (const { consumer, failure, position, version } of yield* desk.list({ tenant, state: "failed", limit: 10 })) {
    yield* Console.log(`  version ${version}: ${failure?.message}`)
    yield* desk.discard({ consumer, position, by: "sue", reason: "a slip of the import" })
  }
})
