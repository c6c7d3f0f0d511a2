/**
 * The laws of the audit as values: what every layer of the port guarantees, together with the event store beside it. No
 * test framework is needed to run them; `AuditContract` registers them with vitest.
 */
import { type AuditEntry, AuditFilter, ExpectedVersion, type NewAction } from "@eventfold/event-store"
import { DateTime, Duration, Effect } from "effect"
import { actionOf, all, mixed, oldest, positionsOf, run, type Services, use } from "./AuditLaws/Scenario.ts"
import * as Scenario from "./EventStoreLaws/Scenario.ts"
import { expect, expectEqual, expectFailure, type Law, make } from "./Law.ts"

export type { Services } from "./AuditLaws/Scenario.ts"

/** The laws of the audit. */
export const laws: ReadonlyArray<Law<Services>> = [
  make(
    "every event is an entry: who, why, through what and in which connection, and nothing of its data",
    Effect.gen(function* () {
      const stream = yield* Scenario.stream
      const metadata = {
        actor: "ada",
        reason: "asked by phone",
        correlationId: "c",
        causationId: "x",
        other: "kept apart"
      }
      const events = [yield* Scenario.event({ data: { secret: 1 }, metadata }), yield* Scenario.event()]
      yield* Scenario.append(stream, ExpectedVersion.NoStream, events)
      const recorded = yield* Scenario.read(stream)
      const who = { actor: "ada", reason: "asked by phone", correlationId: "c", causationId: "x" }
      const comparable = (entry: AuditEntry) =>
        entry._tag === "Action"
          ? entry
          : {
              ...entry,
              occurredAt: entry.occurredAt.epochMilliseconds,
              recordedAt: entry.recordedAt.epochMilliseconds
            }
      yield* expectEqual(
        "the entries",
        (yield* oldest(stream.tenant)).map((entry): object => comparable(entry)),
        recorded.map(({ id, occurredAt, position, recordedAt, type, version }, index) => ({
          _tag: "Event",
          position,
          eventId: id,
          stream,
          version,
          type,
          occurredAt: occurredAt.epochMilliseconds,
          recordedAt: recordedAt.epochMilliseconds,
          ...(index === 0 ? who : {})
        }))
      )
    })
  ),
  make(
    "an action is an entry in the order of events, with all that was told about it",
    Effect.gen(function* () {
      const stream = yield* Scenario.stream
      const { tenant } = stream
      const action = actionOf(tenant, {
        correlationId: "c",
        causationId: "x",
        details: { file: "a/b", ["__proto__"]: "x", number: "3" }
      })
      yield* Scenario.append(stream, ExpectedVersion.NoStream, yield* Scenario.events(1))
      yield* use((audit) => audit.record(action))
      yield* Scenario.append(stream, ExpectedVersion.Exact(1), yield* Scenario.events(1))
      const entries = yield* oldest(tenant)
      yield* expectEqual(
        "the kinds in order",
        entries.map(({ _tag }) => _tag),
        ["Event", "Action", "Event"]
      )
      const [, found] = entries
      if (found?._tag !== "Action") return
      const { _tag: _, position: __, recordedAt: ___, ...told } = found
      yield* expectEqual("the action", told, action)
    })
  ),
  make(
    "an entry is found by who, through what, in which connection and by its name",
    Effect.gen(function* () {
      const tenant = yield* Scenario.tenant
      yield* mixed(tenant, 40)
      const every = yield* oldest(tenant)
      const filters = [
        { actor: "ada" },
        { actor: "nobody" },
        { correlationId: "c2" },
        { causationId: "x1" },
        { types: ["Closed"] },
        { types: ["SomethingDone", "Opened"] },
        { types: [] },
        { actor: "bob", correlationId: "c1", types: ["Opened", "SomethingDone"] }
      ]
      for (const filter of filters) {
        const wanted = every.filter((entry) => AuditFilter.matches({ tenant, ...filter }, entry))
        yield* expectEqual(JSON.stringify(filter), positionsOf(yield* oldest(tenant, filter)), positionsOf(wanted))
      }
    })
  ),
  make(
    "an entry is found by its stream, together with what was done to that stream",
    Effect.gen(function* () {
      const tenant = yield* Scenario.tenant
      const streams = yield* mixed(tenant, 40)
      const every = yield* oldest(tenant)
      for (const { category, id } of streams) {
        for (const actor of [undefined, "ada"]) {
          const filter = { category, streamId: id, ...(actor === undefined ? {} : { actor }) }
          const wanted = every.filter((entry) => AuditFilter.matches({ tenant, ...filter }, entry))
          for (const limit of [2, 100]) {
            const found = yield* all({ tenant, ...filter, order: "oldest", limit })
            yield* expectEqual(`the stream, ${limit} at a time`, positionsOf(found.entries), positionsOf(wanted))
            const turned = yield* all({ tenant, ...filter, order: "newest", limit })
            yield* expectEqual("newest first", positionsOf(turned.entries), positionsOf(wanted).toReversed())
          }
        }
      }
      const events = every.filter(({ _tag }) => _tag === "Event")
      yield* expectEqual("the category", positionsOf(yield* oldest(tenant, { category: "law" })), positionsOf(events))
      yield* expectEqual("another category", yield* oldest(tenant, { category: "other" }), [])
    })
  ),
  make(
    "an entry is found by when it was recorded: from the first instant on, before the second",
    Effect.gen(function* () {
      const tenant = yield* Scenario.tenant
      yield* mixed(tenant, 10)
      const every = yield* oldest(tenant)
      const moment = every[5]?.recordedAt ?? DateTime.makeUnsafe(0)
      const wanted = (keep: (entry: AuditEntry) => boolean) => positionsOf(every.filter(keep))
      yield* expectEqual(
        "from then on",
        positionsOf(yield* oldest(tenant, { from: moment })),
        wanted(({ recordedAt }) => DateTime.isGreaterThanOrEqualTo(recordedAt, moment))
      )
      yield* expectEqual(
        "before then",
        positionsOf(yield* oldest(tenant, { to: moment })),
        wanted(({ recordedAt }) => DateTime.isLessThan(recordedAt, moment))
      )
      const [before, after] = [
        DateTime.subtractDuration(moment, Duration.days(2)),
        DateTime.addDuration(moment, "2 days")
      ]
      yield* expectEqual(
        "around it",
        positionsOf(yield* oldest(tenant, { from: before, to: after })),
        positionsOf(every)
      )
      yield* expectEqual("long after", yield* oldest(tenant, { from: after }), [])
      yield* expectEqual("long before", yield* oldest(tenant, { to: before }), [])
    })
  ),
  make(
    "pages show every entry once, the oldest or the newest first, so many at a time",
    Effect.gen(function* () {
      const tenant = yield* Scenario.tenant
      yield* mixed(tenant, 20)
      const every = positionsOf(yield* oldest(tenant))
      yield* expectEqual("how many", every.length, 20)
      yield* expectEqual(
        "their order",
        every,
        every.toSorted((a, b) => a - b)
      )
      for (const limit of [1, 7, 20]) {
        const up = yield* all({ tenant, order: "oldest", limit })
        const down = yield* all({ tenant, order: "newest", limit })
        yield* expectEqual(`the oldest first, ${limit} at a time`, positionsOf(up.entries), every)
        yield* expectEqual(`the newest first, ${limit} at a time`, positionsOf(down.entries), every.toReversed())
        const fewest = Math.ceil(20 / limit)
        yield* expect(up.pages >= fewest && down.pages >= fewest, `a page holds ${limit} entries at the most`)
      }
    })
  ),
  make(
    "an action of a transaction that fails is not recorded",
    Effect.gen(function* () {
      const tenant = yield* Scenario.tenant
      yield* Effect.exit(
        run(
          Effect.andThen(
            use((audit) => audit.record(actionOf(tenant))),
            Effect.fail("no")
          )
        )
      )
      yield* run(use((audit) => audit.record(actionOf(tenant, { subject: "stays" }))))
      const subjects = (yield* oldest(tenant)).map((entry) => (entry._tag === "Action" ? entry.subject : entry._tag))
      yield* expectEqual("the subjects", subjects, ["stays"])
    })
  ),
  make(
    "an action without somebody who did it, or without a reason, is refused",
    Effect.gen(function* () {
      const tenant = yield* Scenario.tenant
      const wrong: ReadonlyArray<Partial<NewAction>> = [
        { actor: "" },
        { reason: "" },
        { subject: "" },
        { action: "two\nlines" },
        { details: { a: "\u0000" } }
      ]
      for (const parts of wrong) {
        const error = yield* expectFailure(
          `recording ${JSON.stringify(parts)}`,
          use((audit) => audit.record(actionOf(tenant, parts)))
        )
        yield* expectEqual("the error", error._tag, "InvalidAction")
      }
      yield* expectEqual("what is recorded", yield* oldest(tenant), [])
    })
  ),
  make(
    "a tenant sees nothing of another",
    Effect.gen(function* () {
      const [mine, theirs] = [yield* Scenario.tenant, yield* Scenario.tenant]
      yield* mixed(mine, 5)
      yield* mixed(theirs, 5)
      yield* expectEqual("how many of mine", (yield* oldest(mine)).length, 5)
      const tenants = (yield* oldest(theirs)).map((entry) =>
        entry._tag === "Event" ? entry.stream.tenant : entry.tenant
      )
      yield* expectEqual(
        "whose they are",
        tenants,
        Array.from({ length: 5 }, () => theirs)
      )
    })
  )
]
