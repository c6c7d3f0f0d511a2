/**
 * The demo: replays the sample orders against a running service, then has the service tell what they come to and checks
 * it against the files, to the cent.
 *
 * It may be stopped at any time and run again: it goes on where it was, and a complete run leaves nothing to do for the
 * next one.
 */
import { Clock, Console, type Duration, Effect, Option, Schema } from "effect"
import * as Expected from "./Expected.ts"
import * as FoundOrders from "./FoundOrders.ts"
import * as Progress from "./Progress.ts"
import * as Replay from "./Replay.ts"
import * as Report from "./Report.ts"
import * as SalesFigures from "./SalesFigures.ts"
import * as Samples from "./Samples.ts"
import * as Service from "./Service.ts"

/** What to replay, and where. */
export interface DemoOptions extends Service.ServiceOptions {
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
  yield* Progress.track(samples.orders.length, (advance) =>
    Effect.forEach(samples.orders, (order) => Effect.andThen(Replay.replay(service, order), advance), {
      concurrency,
      discard: true
    })
  ).pipe(
    Effect.tapErrorTag("ServiceUnreachable", () =>
      Console.log("What was done is kept. Run the demo again, and it goes on from there.")
    )
  )
  const after = yield* FoundOrders.find(service, options, samples)

  const totals = Report.totalsOf(after.samples.values())
  const names = (sums: ReadonlyArray<Report.Sum>) =>
    sums.map((sum) => ({ ...sum, name: samples.customers.get(sum.name) ?? sum.name }))
  const all = { name: "all", orders: totals.length, cents: totals.reduce((sum, { cents }) => sum + cents, 0n) }
  yield* print([
    "",
    ...Report.table("Placed in", [...Report.perYear(totals), all]),
    "",
    ...Report.table("Largest customers", names(Report.largestCustomers(totals))),
    "",
    `${after.samples.size} orders: ${Report.statuses(after.samples.values())}.`,
    changes(before, after),
    ...(after.others === 0 ? [] : [`Other orders in the service, not counted here: ${after.others}.`])
  ])
  const sales = yield* compareSales(service, options, samples, after)
  yield* Console.log(sales.line)
  const differences = [...Report.differences(samples, expected, after.samples), ...sales.differences]
  if (differences.length > 0) return yield* new Disagreement({ differences })
  const took = (((yield* Clock.currentTimeMillis) - started) / 1000).toFixed(1)
  yield* Console.log(`The service agrees with the CSV files to the cent, order by order. This took ${took} s.`)
})

/** Compares what the read models of sales and customers say: they count every order, so only where there are no others. */
const compareSales = Effect.fnUntraced(function* (
  service: Service.Service,
  options: DemoOptions,
  samples: Samples.Samples,
  { others, samples: found }: FoundOrders.FoundOrders
) {
  if (others > 0) return { line: "Sales are not compared: they count the other orders, too.", differences: [] }
  const cancelled = new Set(Array.from(found, ([number, { status }]) => (status === "cancelled" ? number : "")))
  const wanted = SalesFigures.expected(samples, cancelled)
  const [first] = samples.orders
  const token = first === undefined ? Option.none<string>() : yield* Replay.token(service, first)
  const differences = SalesFigures.differences(
    wanted,
    yield* SalesFigures.find(service, options, samples, token),
    Report.formatCents
  )
  const verdict = differences.length === 0 ? "agree" : `differ in ${differences.length} figures`
  return {
    line: `Sales per day, product, region, segment and customer, and dashboards: ${wanted.size} figures ${verdict}.`,
    differences
  }
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
