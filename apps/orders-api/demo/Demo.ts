/**
 * The demo: registers the customers, has the catalogue list the products and goods come in, replays the sample orders against
 * a running service, which fulfils, invoices and tells of them by itself, then has the service and its card gateway tell what
 * came of it, and checks that against the files, to the cent.
 *
 * It may be stopped at any time and run again: it goes on where it was, and a complete run leaves nothing to do for the
 * next one.
 */
import { Clock, Console, type Duration, Effect, Schema } from "effect"
import * as Assortment from "./Assortment.ts"
import * as Comparisons from "./Comparisons.ts"
import type { EndingOptions } from "./Ending.ts"
import * as Customers from "./Customers.ts"
import * as Expected from "./Expected.ts"
import * as FoundOrders from "./FoundOrders.ts"
import * as FulfilmentPlan from "./FulfilmentPlan.ts"
import * as Goods from "./Goods.ts"
import * as Invoices from "./Invoices.ts"
import * as Notifications from "./Notifications.ts"
import * as Progress from "./Progress.ts"
import * as Replay from "./Replay.ts"
import * as Report from "./Report.ts"
import * as Samples from "./Samples.ts"
import * as Service from "./Service.ts"
import * as Settled from "./Settled.ts"

/** What to replay, and where. */
export interface DemoOptions extends EndingOptions, Comparisons.PaymentOptions {
  /** The folder with the CSV files. */
  readonly folder: string
  /** How long to wait for the service at the beginning. */
  readonly firstContact: Duration.Input
}

/** The service does not have what the files say. */
export class Disagreement extends Schema.TaggedError<Disagreement>()("Disagreement", {
  differences: Schema.Array(Schema.String)
}) {
  override get message() {
    const more = this.differences.length - shown
    return [
      "The service does not agree with the CSV files:",
      ...this.differences.slice(0, shown).map((difference) => `  ${difference}`),
      ...(more > 0 ? [`  and ${more} more differences`] : [])
    ].join("\n")
  }
}

const shown = 20

/** How many orders are replayed at the same time. */
const concurrency = 8

/** Runs the demo and tells about it on the console. Fails when the service does not agree, or cannot be used. */
export const run = Effect.fn("Demo.run")(function* (options: DemoOptions) {
  const { baseUrl, firstContact, folder } = options
  const samples = yield* Samples.read(folder)
  const expected = Expected.totals(samples)
  const plan = FulfilmentPlan.make(samples)
  const service = yield* Service.make(options)

  yield* Console.log(`Replaying the ${samples.orders.length} orders of ${folder} against ${Service.addressOf(baseUrl)}`)
  yield* Service.untilHealthy({ baseUrl, patience: 0 }).pipe(
    Effect.catch(() =>
      Effect.andThen(
        Console.log("The service does not answer yet: waiting for it. If it is not running, start it with: npm start"),
        Service.untilHealthy({ baseUrl, patience: firstContact })
      )
    )
  )
  const started = yield* Clock.currentTimeMillis
  const before = yield* FoundOrders.find(service, options, samples)
  yield* replayAll(service, options, samples, plan).pipe(
    Effect.tapErrorTag("ServiceUnreachable", () =>
      Console.log("What was done is kept. Run the demo again, and it goes on from there.")
    )
  )
  const { orders: after, stock } = yield* Settled.find(service, options, samples, plan)

  const totals = Report.totalsOf(after.samples.values())
  const names = (sums: ReadonlyArray<Report.Sum>) =>
    sums.map((sum) => ({ ...sum, name: samples.customers.get(sum.name)?.company ?? sum.name }))
  const all = { name: "all", orders: totals.length, cents: totals.reduce((sum, { cents }) => sum + cents, 0n) }
  yield* print([
    "",
    ...Report.table("Placed in", [...Report.perYear(totals), all]),
    "",
    ...Report.table("Largest customers", names(Report.largestCustomers(totals))),
    "",
    ...Report.table("Now", Report.becomeOf(after.samples.values())),
    "",
    changes(before, after),
    ...(after.others === 0 ? [] : [`Other orders in the service, not counted here: ${after.others}.`]),
    ...Report.cancellations(samples, plan)
  ])
  const compared = [
    Comparisons.stock(plan, stock, after),
    yield* Comparisons.payments(service, options, plan),
    yield* Comparisons.sales(service, options, samples, plan, after),
    yield* Invoices.compare(service, options, expected, after),
    yield* Notifications.compare(service, options, samples, plan)
  ]
  yield* print(compared.map(({ line }) => line))
  const differences = [
    ...Report.differences(samples, expected, plan, after.samples),
    ...compared.flatMap(({ differences }) => differences)
  ]
  if (differences.length > 0) return yield* new Disagreement({ differences })
  const took = (((yield* Clock.currentTimeMillis) - started) / 1000).toFixed(1)
  yield* Console.log(`The service agrees with the CSV files to the cent, order by order. This took ${took} s.`)
})

/** Has the customers registered, the products listed and the goods come in, then replays the orders that can be fulfilled, and last those for which too little is left. */
const replayAll = Effect.fnUntraced(function* (
  service: Service.Service,
  options: EndingOptions & Service.ServiceOptions,
  samples: Samples.Samples,
  plan: FulfilmentPlan.FulfilmentPlan
) {
  const { orders, products } = samples
  yield* Customers.register(service, options, samples)
  yield* Assortment.list(service, options, products)
  yield* Goods.receive(service, plan)
  yield* Progress.track(orders.length, (advance) =>
    Effect.forEach(
      [plan.first, plan.last],
      (some) =>
        Effect.forEach(
          some,
          (order) => Effect.andThen(Replay.replay(service, order, { ...options, tokens: plan.tokens }), advance),
          { concurrency, discard: true }
        ),
      { discard: true }
    )
  )
})

const print = (lines: ReadonlyArray<string>) => Effect.forEach(lines, (line) => Console.log(line), { discard: true })

const changes = (before: FoundOrders.FoundOrders, after: FoundOrders.FoundOrders): string => {
  const versions = Array.from(after.samples, ([number, { version }]) => [before.samples.get(number)?.version, version])
  const counts = {
    "are new": versions.filter(([was]) => was === undefined).length,
    "have gone on": versions.filter(([was, is]) => was !== undefined && was !== is).length,
    "were there before, unchanged": versions.filter(([was, is]) => was === is).length
  }
  const parts = Object.entries(counts).filter(([, count]) => count > 0)
  return `Of these, ${parts.map(([what, count]) => `${count} ${what}`).join(", ")}.`
}
