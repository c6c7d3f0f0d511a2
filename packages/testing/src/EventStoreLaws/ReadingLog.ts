/** Laws of what a reader that follows the log goes by: filters, how far a page has looked, where the log ends. */
import { EventStore, ExpectedVersion, type LogFilter, type LogSlice, type NewEvent } from "@eventfold/event-store"
import { Effect, Stream } from "effect"
import { expect, expectEqual, make } from "../Law.ts"
import * as Scenario from "./Scenario.ts"

/** Two tenants with two categories each, and two types of events in each stream, among marks of others. */
const mixture = Effect.gen(function* () {
  const after = yield* Scenario.mark
  const tenants = [yield* Scenario.tenant, yield* Scenario.tenant] as const
  const stored: Array<{ readonly tenant: string; readonly category: string; readonly event: NewEvent }> = []
  for (const tenant of tenants) {
    for (const category of ["law-left", "law-right"]) {
      const events = [yield* Scenario.event({ type: "Begun" }), yield* Scenario.event({ type: "Ended" })]
      yield* Scenario.append({ ...(yield* Scenario.streamOf(tenant)), category }, ExpectedVersion.NoStream, events)
      yield* Scenario.mark
      stored.push(...events.map((event) => ({ tenant, category, event })))
    }
  }
  return { after, stored, one: tenants[0], other: tenants[1], end: yield* Scenario.mark }
})

/** Laws of pages of the log. */
export const readingLog = [
  make(
    "a filter of the log lets through what it names by tenant, category and type, and nothing else",
    Effect.gen(function* () {
      const store = yield* EventStore
      const { after, one, other, stored } = yield* mixture
      const filters: ReadonlyArray<LogFilter> = [
        { tenant: one },
        { tenant: other, categories: ["law-left"] },
        { tenant: one, types: ["Ended"] },
        { tenant: one, categories: ["law-left", "law-right"], types: ["Begun", "Ended"] },
        { categories: ["law-left", "law-right"], types: ["Begun"] },
        { tenant: one, categories: [] }
      ]
      for (const filter of filters) {
        const wanted = stored.filter(
          ({ category, event, tenant }) =>
            tenant === (filter.tenant ?? tenant) &&
            (filter.categories ?? [category]).includes(category) &&
            (filter.types ?? [event.type]).includes(event.type)
        )
        const [through, expected] = [JSON.stringify(filter), Scenario.idsOf(wanted.map(({ event }) => event))]
        const { events } = yield* store.readLog({ after, filter, limit: 100 })
        yield* expectEqual(`the ids of a page through ${through}`, Scenario.idsOf(events), expected)
        const all = yield* Stream.runCollect(store.readAll({ after, filter }))
        yield* expectEqual(`the ids of the log through ${through}`, Scenario.idsOf(all), expected)
      }
    })
  ),

  make(
    "a page of the log says how far it has looked: whoever goes on from there misses nothing and gets on",
    Effect.gen(function* () {
      const store = yield* EventStore
      const { after, end, one, stored } = yield* mixture
      const ids = Scenario.idsOf(stored.filter(({ tenant }) => tenant === one).map(({ event }) => event))
      const none = yield* Scenario.tenant
      for (const [filter, expected] of [[{ tenant: one }, ids] as const, [{ tenant: none }, []] as const]) {
        const found: Array<string> = []
        let position = after
        while (position < end) {
          const slice: LogSlice = yield* store.readLog({ after: position, filter, limit: 2 })
          found.push(...Scenario.idsOf(slice.events))
          const last = slice.events.at(-1)?.position ?? position
          yield* expect(
            slice.position > position && slice.position >= last,
            `a page after ${position} whose last event is at ${last} cannot have looked up to ${slice.position}`
          )
          position = slice.position
        }
        yield* expectEqual("the ids on pages of two", found, expected)
      }
    })
  ),

  make(
    "a page of the log says whether the log went on behind it",
    Effect.gen(function* () {
      const store = yield* EventStore
      const { after, end } = yield* mixture
      const before = yield* store.readLog({ after, limit: 2 })
      yield* expectEqual("a page before the end says that it is the end", before.end, false)
      const whole = yield* store.readLog({ after, limit: 100 })
      yield* expectEqual("a page up to the end says that it is the end", whole.end, true)
      const beyond = yield* store.readLog({ after: end, limit: 100 })
      yield* expectEqual("a page after the end says that it is the end", beyond.end, true)
    })
  )
]
