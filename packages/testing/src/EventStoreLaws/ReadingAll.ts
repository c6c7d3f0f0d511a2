/** Laws of the log as a whole: every committed event, in position order, in pages of any size. */
import { EventStore, ExpectedVersion, pageSize, Transaction } from "@eventfold/event-store"
import { Effect } from "effect"
import { expect, expectEqual, make } from "../Law.ts"
import * as Scenario from "./Scenario.ts"

/** Some appends to two streams of one tenant, and what the log held before them. */
const someHistory = Effect.gen(function* () {
  const after = yield* Scenario.mark
  const tenant = yield* Scenario.tenant
  const [one, two] = [yield* Scenario.streamOf(tenant), yield* Scenario.streamOf(tenant)]
  const events = yield* Scenario.events(9)
  const append = (stream: typeof one, version: number, from: number, to: number) =>
    Scenario.append(stream, ExpectedVersion.at(version), events.slice(from, to))
  yield* append(two, 0, 0, 1)
  yield* append(one, 0, 1, 4)
  yield* append(two, 1, 4, 6)
  const transaction = yield* Transaction
  yield* transaction.run(Effect.andThen(append(one, 3, 6, 7), append(two, 3, 7, 8)))
  yield* append(one, 4, 8, 9)
  return { after, tenant, one, two, events }
})

/** Laws of the log as a whole. */
export const readingAll = [
  make(
    "the log shows every event after a position, in the order of strictly growing positions",
    Effect.gen(function* () {
      const { after, events, one, tenant, two } = yield* someHistory
      const log = yield* Scenario.readAll(tenant, { after })
      yield* expectEqual("the ids in the log", Scenario.idsOf(log), Scenario.idsOf(events))
      const positions = log.map((event) => event.position)
      yield* expectEqual(
        "the positions in the log",
        positions,
        positions.toSorted((a, b) => a - b)
      )
      yield* expectEqual("how many of them differ", new Set(positions).size, positions.length)
      yield* expect(
        positions.every((position) => position > after),
        `all positions must be greater than ${after}`
      )
      const third = log[2]?.position ?? 0
      const later = yield* Scenario.readAll(tenant, { after: third })
      yield* expectEqual(`the ids after position ${third}`, Scenario.idsOf(later), Scenario.idsOf(events.slice(3)))
      for (const stream of [one, two]) {
        const ofStream = log.filter((event) => event.stream.id === stream.id)
        yield* expectEqual("a stream, and what the log shows of it", ofStream, yield* Scenario.read(stream))
      }
    })
  ),

  make(
    "a page of the log begins after its position and holds as many events as asked for",
    Effect.gen(function* () {
      const store = yield* EventStore
      const { after } = yield* someHistory
      const { events: whole } = yield* store.readLog({ after, limit: pageSize })
      for (const limit of [1, 2, 4]) {
        const [pages, expected]: [Array<ReadonlyArray<string>>, Array<ReadonlyArray<string>>] = [[], []]
        let cursor = after
        for (let from = 0; from < 8; from += limit) {
          const { events: page } = yield* store.readLog({ after: cursor, limit })
          pages.push(Scenario.idsOf(page))
          expected.push(Scenario.idsOf(whole.slice(from, from + limit)))
          cursor = page.at(-1)?.position ?? cursor
        }
        yield* expectEqual(`pages of ${limit}`, pages, expected)
      }
    })
  ),

  make(
    "the log is read across page boundaries without loss, up to a limit",
    Effect.gen(function* () {
      const tenant = yield* Scenario.tenant
      const after = yield* Scenario.mark
      const events = yield* Scenario.events(2 * pageSize + 1)
      const streams = [yield* Scenario.streamOf(tenant), yield* Scenario.streamOf(tenant)] as const
      yield* Scenario.append(streams[0], ExpectedVersion.NoStream, events.slice(0, 300))
      yield* Scenario.append(streams[1], ExpectedVersion.NoStream, events.slice(300, 700))
      yield* Scenario.append(streams[0], ExpectedVersion.Exact(300), events.slice(700))
      for (const limit of [pageSize, pageSize + 1, events.length]) {
        const found = yield* Scenario.readAll(tenant, { after, limit })
        yield* expectEqual(`at most ${limit}`, Scenario.idsOf(found), Scenario.idsOf(events.slice(0, limit)))
      }
    })
  ),

  make(
    "reading beyond the ends of the log answers what there is, and nothing where nothing is",
    Effect.gen(function* () {
      const store = yield* EventStore
      const last = yield* Scenario.mark
      yield* expectEqual("after the last event", (yield* store.readLog({ after: last, limit: 10 })).events, [])
      yield* expectEqual("none at all", (yield* store.readLog({ after: last - 1, limit: 0 })).events, [])
      const { events: first } = yield* store.readLog({ after: 0, limit: 2 })
      yield* expectEqual("before the first event", (yield* store.readLog({ after: -9, limit: 2 })).events, first)
      yield* expect(first.length > 0, "the log must not be empty")
    })
  )
]
