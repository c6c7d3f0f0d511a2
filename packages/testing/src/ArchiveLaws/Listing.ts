/** Laws: which streams are due, what the catalogue lists, and what the audit tells of it. */
import { Archiver, Audit, ExpectedVersion } from "@eventfold/event-store"
import { DateTime, Duration, Effect } from "effect"
import * as Scenario from "../EventStoreLaws/Scenario.ts"
import { expect, expectEqual, make } from "../Law.ts"
import { archive, archiving, by, catalog, filled, restore } from "./Scenario.ts"

/** The laws. */
export const laws = [
  make(
    "closed are the streams whose last event ends them and was recorded long enough ago",
    archiving(
      Effect.gen(function* () {
        const tenant = yield* Scenario.tenant
        const [open, closed, reopened] = [
          yield* Scenario.streamOf(tenant),
          yield* Scenario.streamOf(tenant),
          yield* Scenario.streamOf(tenant)
        ]
        const end = yield* Scenario.event({ type: "Ended" })
        const other = yield* Scenario.event({ type: "Ended" })
        yield* Scenario.append(open, ExpectedVersion.NoStream, yield* Scenario.events(2))
        yield* Scenario.append(reopened, ExpectedVersion.NoStream, [other, ...(yield* Scenario.events(1))])
        const { position } = yield* Scenario.append(closed, ExpectedVersion.NoStream, [
          ...(yield* Scenario.events(1)),
          end
        ])
        const last = (yield* Scenario.read(closed)).at(-1)
        const recordedAt = last?.recordedAt ?? DateTime.makeUnsafe(0)
        const page = { tenant, category: "law", closedBy: ["Ended"], limit: 10 }
        const at = (before: DateTime.Utc, upTo?: number) =>
          catalog((known) => known.closed({ ...page, before, ...(upTo === undefined ? {} : { upTo }) }))
        const later = DateTime.addDuration(recordedAt, Duration.millis(1))
        const wanted = { streams: [{ stream: closed, version: 2 }] }
        yield* expectEqual("a moment later", yield* at(later), wanted)
        yield* expectEqual("at that moment", yield* at(recordedAt), { streams: [] })
        yield* expectEqual("up to its position", yield* at(later, position), wanted)
        yield* expectEqual("below its position", yield* at(later, position - 1), { streams: [] })
        yield* archive(closed)
        yield* expectEqual("once it is archived", yield* at(later), { streams: [] })
      })
    )
  ),
  make(
    "streams are looked at so many at a time, each once",
    Effect.gen(function* () {
      const tenant = yield* Scenario.tenant
      const streams = yield* Effect.replicateEffect(filled(tenant, 1), 7)
      const page = {
        tenant,
        category: "law",
        closedBy: ["SomethingHappened"],
        before: DateTime.makeUnsafe("9999-01-01T00:00:00Z"),
        limit: 3
      }
      const found: Array<string> = []
      let looks = 0
      let slice = yield* catalog((known) => known.closed(page))
      while (true) {
        looks += 1
        yield* expect(slice.streams.length <= 3, "a look answers at most as many as it may look at")
        found.push(...slice.streams.map(({ stream }) => stream.id))
        const after = slice.next
        if (after === undefined || looks > 7) break
        slice = yield* catalog((known) => known.closed({ ...page, after }))
      }
      yield* expectEqual("the streams", found, streams.map(({ id }) => id).toSorted())
    })
  ),
  make(
    "the catalogue lists every move in order, also of what was brought back since",
    archiving(
      Effect.gen(function* () {
        const tenant = yield* Scenario.tenant
        const streams = yield* Effect.replicateEffect(filled(tenant, 2), 3)
        const moved = yield* Effect.forEach(streams, archive)
        const [first] = moved
        if (streams[1] !== undefined) yield* restore(streams[1])
        const listed = yield* catalog((known) => known.list({ after: (first?.number ?? 1) - 1, limit: 100 }))
        yield* expectEqual(
          "the list",
          listed
            .filter(({ stream }) => stream.tenant === tenant)
            .map(({ firstPosition, lastPosition, number, restoredAt, stream, version }) => ({
              number,
              id: stream.id,
              version,
              firstPosition,
              lastPosition,
              restored: restoredAt !== undefined
            })),
          moved.map(({ firstPosition, lastPosition, number, stream, version }, index) => ({
            number,
            id: stream.id,
            version,
            firstPosition,
            lastPosition,
            restored: index === 1
          }))
        )
        const rest = yield* catalog((known) => known.list({ after: first?.number ?? 0, limit: 1 }))
        yield* expectEqual(
          "one after the first",
          rest.map(({ number }) => number),
          moved.slice(1, 2).map(({ number }) => number)
        )
      })
    )
  ),
  make(
    "what is moved and brought back is in the audit: who, why, and which file",
    archiving(
      Effect.gen(function* () {
        const stream = yield* filled(yield* Scenario.tenant, 2)
        const archived = yield* archive(stream)
        yield* restore(stream)
        const audit = yield* Audit
        const { entries } = yield* audit.page({
          tenant: stream.tenant,
          category: stream.category,
          streamId: stream.id,
          order: "oldest",
          limit: 10
        })
        const details = { file: archived.file.name, checksum: archived.file.checksum, events: "2" }
        yield* expectEqual(
          "the actions",
          entries.flatMap((entry) =>
            entry._tag === "Action" ? [[entry.action, entry.actor, entry.reason, entry.details] as const] : []
          ),
          [
            ["StreamArchived", by.actor, by.reason, details],
            ["StreamRestored", by.actor, by.reason, details]
          ]
        )
        yield* expect((yield* (yield* Archiver).verify).files >= 1, "every file of the catalogue is verified")
      })
    )
  )
]
