/**
 * The list of orders as it changes: the page a question gets now, and again whenever it is another one.
 *
 * Guarantees: the newest page always comes; pages in between may be left out. Each comes with a position of the log: all
 * that was told up to there is in it. Whoever begins again after a position is sent nothing until something has been told
 * beyond it, and then the newest page: so nothing is missed.
 *
 * A change by this process is seen at once, and one by another within a second. While the list cannot be read the last
 * page stands.
 */
import { OrderList } from "@eventfold/domain-ordering"
import { QueryBus } from "@eventfold/event-store"
import { ConsumerProgress, Freshness } from "@eventfold/subscriptions"
import { Clock, Effect, Equal, Option, type Schema, Stream } from "effect"
import { type FindOrders, findOrders } from "./OrderQueries.ts"

/** A page, and up to where the log is told in it. */
export interface LivePage {
  readonly position: number
  readonly page: Schema.Schema.Type<typeof findOrders.Answer>
  readonly upToDate: boolean
}

/** After so long without another page it is told that there is none, so that connections are not taken for dead. */
const silence = 15_000

interface Told {
  readonly last: LivePage | undefined
  /** When something was sent last, in milliseconds since 1970; long ago when nothing was. */
  readonly at: number
}

/** The pages a question gets, and none from time to time when nothing has changed. */
export const pages = (question: FindOrders, after = -1) =>
  Stream.unwrap(
    Effect.gen(function* () {
      const { changes } = yield* ConsumerProgress
      const queries = yield* QueryBus

      const read = Freshness.collect(queries.ask(findOrders, question)).pipe(
        Effect.map(([page, seen]) => ({
          page,
          position: Math.min(...seen.map(({ position }) => position)),
          upToDate: seen.every(({ upToDate }) => upToDate)
        })),
        Effect.option,
        Effect.zip(Clock.currentTimeMillis)
      )
      // Whoever has the newest page already is told so at once: an answer of which nothing comes looks like none.
      const told: Told = { last: undefined, at: -silence }
      const own = Stream.filter(Stream.fromPubSub(changes), ({ title }) => title === OrderList.readModel.name)
      return Stream.merge(Stream.as(own, undefined), Stream.tick("1 second")).pipe(
        // Changes that come close together are one: the newest page is what counts.
        Stream.buffer({ capacity: 1, strategy: "sliding" }),
        Stream.mapEffect(() => read),
        Stream.mapAccum(
          () => told,
          ({ at, last }, [found, now]): readonly [Told, ReadonlyArray<Option.Option<LivePage>>] => {
            const page = Option.getOrUndefined(found)
            const isNews =
              page !== undefined && (last === undefined ? page.position > after : !Equal.equals(page.page, last.page))
            if (isNews) return [{ last: page, at: now }, [Option.some(page)]]
            return now - at < silence ? [{ at, last }, []] : [{ last, at: now }, [Option.none()]]
          }
        )
      )
    })
  )
