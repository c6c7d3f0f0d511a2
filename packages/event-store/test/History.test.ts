/** The past of one account: as of a date by either time, as of a version, between two dates. */
import { assert, describe, it } from "@effect/vitest"
import { DateTime, Effect, Exit, Stream } from "effect"
import { TestClock } from "effect/testing"
import { EventStore, ExpectedVersion, History, pageSize } from "../src/index.ts"
import { Account, streamOf } from "./Account.ts"
import { onFreshStore, opened, rawEvent, stream } from "./FreshStore.ts"

const history = History.make(Account)

/** A day of May 2024. */
const day = (number: number, time = "00:00:00Z") =>
  DateTime.makeUnsafe(`2024-05-${String(number).padStart(2, "0")}T${time}`)

/** Appends an event at a time of the store's clock. */
const recordedOn = Effect.fnUntraced(function* (recorded: number, event: ReturnType<typeof rawEvent>) {
  yield* TestClock.setTime(day(recorded).epochMilliseconds)
  yield* (yield* EventStore).append(stream, ExpectedVersion.Any, [event])
})

const cents = (number: number, amount: number, occurredOn: number) =>
  rawEvent(number, { data: { cents: String(amount) }, occurredAt: day(occurredOn) })

/** Opened on the 1st; 100 on the 2nd; 20 of the 1st told on the 4th; 3 on the 6th. */
const account = Effect.gen(function* () {
  yield* recordedOn(1, { ...opened, occurredAt: day(1) })
  yield* recordedOn(2, cents(1, 100, 2))
  yield* recordedOn(4, cents(2, 20, 1))
  yield* recordedOn(6, cents(3, 3, 6))
})

const asOf = (point: History.HistoryPoint) =>
  Effect.map(history.asOf(stream, point), ({ events, state, version }) => [Number(state.balance), version, events])

const broken = rawEvent(9, { type: "SomethingUnknown", data: {} })

describe("the state as of a date", () => {
  it.effect("by recorded time is what was known then, with that date included", () =>
    Effect.gen(function* () {
      yield* account
      assert.deepStrictEqual(yield* asOf(History.recordedBy(day(1, "00:00:00Z"))), [0, 1, 1])
      assert.deepStrictEqual(yield* asOf(History.recordedBy(day(3))), [100, 2, 2])
      assert.deepStrictEqual(yield* asOf(History.recordedBy(day(4))), [120, 3, 3])
      assert.deepStrictEqual(yield* asOf(History.recordedBy(day(5, "23:59:59.999Z"))), [120, 3, 3])
      assert.deepStrictEqual(yield* asOf(History.recordedBy(day(6))), [123, 4, 4])
    }).pipe(onFreshStore)
  )

  it.effect("by occurred time counts what was told late at the time at which it happened", () =>
    Effect.gen(function* () {
      yield* account
      // Version 3 is in it, version 2 is not: this is no state the account ever had.
      assert.deepStrictEqual(yield* asOf(History.occurredBy(day(1))), [20, 3, 2])
      assert.deepStrictEqual(yield* asOf(History.occurredBy(day(5))), [120, 3, 3])
      assert.deepStrictEqual(yield* asOf(History.occurredBy(day(6))), [123, 4, 4])
    }).pipe(onFreshStore)
  )

  it.effect("tells when its last event was recorded and occurred", () =>
    Effect.gen(function* () {
      yield* account
      const { occurredAt, recordedAt } = yield* history.asOf(stream, History.recordedBy(day(5)))
      assert.deepStrictEqual([recordedAt, occurredAt], [day(4), day(1)])
    }).pipe(onFreshStore)
  )

  it.effect("before the first event, or of a stream nobody knows, is the initial state at version 0", () =>
    Effect.gen(function* () {
      yield* account
      const nothing = { state: Account.initial, version: 0, events: 0, recordedAt: undefined, occurredAt: undefined }
      for (const point of [
        History.recordedBy(DateTime.subtract(day(1), { milliseconds: 1 })),
        History.occurredBy(DateTime.subtract(day(1), { milliseconds: 1 })),
        History.atVersion(0)
      ]) {
        assert.deepStrictEqual(yield* history.asOf(stream, point), { stream, ...nothing })
      }
      const unknown = streamOf("acme", "nobody")
      for (const point of [History.recordedBy(day(9)), History.occurredBy(day(9)), History.latest]) {
        assert.deepStrictEqual(yield* history.asOf(unknown, point), { stream: unknown, ...nothing })
      }
    }).pipe(onFreshStore)
  )

  it.effect("where the clock was put back, holds what was recorded by then and everything before it", () =>
    Effect.gen(function* () {
      yield* recordedOn(1, opened)
      yield* recordedOn(5, cents(1, 100, 1))
      yield* recordedOn(3, cents(2, 20, 1))
      yield* recordedOn(6, cents(3, 3, 1))
      assert.deepStrictEqual(yield* asOf(History.recordedBy(day(2))), [0, 1, 1])
      assert.deepStrictEqual(yield* asOf(History.recordedBy(day(3))), [120, 3, 3])
      assert.deepStrictEqual(yield* asOf(History.recordedBy(day(5))), [120, 3, 3])
      assert.deepStrictEqual(yield* asOf(History.recordedBy(day(6))), [123, 4, 4])
    }).pipe(onFreshStore)
  )

  it.effect("is right at every place of a stream that is longer than a page of the store", () =>
    Effect.gen(function* () {
      const store = yield* EventStore
      const [total, early] = [2 * pageSize + 10, pageSize + 3]
      const events = Array.from({ length: total }, (_, index) => rawEvent(index))
      yield* TestClock.setTime(day(1).epochMilliseconds)
      yield* store.append(stream, ExpectedVersion.NoStream, events.slice(0, early))
      yield* TestClock.setTime(day(2).epochMilliseconds)
      yield* store.append(stream, ExpectedVersion.Exact(early), events.slice(early))
      assert.deepStrictEqual(yield* asOf(History.recordedBy(day(1))), [early, early, early])
      assert.deepStrictEqual(yield* asOf(History.recordedBy(day(2))), [total, total, total])
      assert.deepStrictEqual(yield* asOf(History.atVersion(pageSize + 1)), [pageSize + 1, pageSize + 1, pageSize + 1])
    }).pipe(onFreshStore)
  )

  it.effect("does not mind an event after it that cannot be decoded, and names one in it", () =>
    Effect.gen(function* () {
      yield* recordedOn(1, opened)
      yield* recordedOn(2, broken)
      assert.deepStrictEqual(yield* asOf(History.recordedBy(day(1))), [0, 1, 1])
      assert.deepStrictEqual(yield* asOf(History.atVersion(1)), [0, 1, 1])
      const error = yield* Effect.flip(asOf(History.recordedBy(day(2))))
      assert.deepInclude(error, { _tag: "EventNotDecodable", stream, version: 2, eventType: "SomethingUnknown" })
    }).pipe(onFreshStore)
  )
})

describe("the state as of a version", () => {
  it.effect("is that after so many events, or after all of them when there are fewer", () =>
    Effect.gen(function* () {
      yield* account
      assert.deepStrictEqual(yield* asOf(History.atVersion(2)), [100, 2, 2])
      assert.deepStrictEqual(yield* asOf(History.atVersion(99)), [123, 4, 4])
      assert.deepStrictEqual(yield* asOf(History.latest), [123, 4, 4])
    }).pipe(onFreshStore)
  )

  it.effect.each([-1, 1.5, Number.NaN])("%s is refused: there is no such version", (version) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(asOf(History.atVersion(version)))
      assert.strictEqual(error.message, "version: must be a whole number from 0")
      const page = { tenant: "acme", limit: 1 }
      assert.deepStrictEqual(yield* Effect.flip(history.pageAsOf(page, History.atVersion(version))), error)
    }).pipe(onFreshStore)
  )
})

describe("the events between two dates", () => {
  const versions = (period: History.HistoryPeriod) =>
    Effect.map(Stream.runCollect(history.events(stream, period)), (found) =>
      found.map(({ recorded }) => recorded.version)
    )

  it.effect("begin with the first date and end before the second, by either time", () =>
    Effect.gen(function* () {
      yield* account
      assert.deepStrictEqual(yield* versions({ from: day(2), to: day(6) }), [2, 3])
      assert.deepStrictEqual(yield* versions({ from: day(2), to: day(6), by: "occurred" }), [2])
      assert.deepStrictEqual(yield* versions({ to: day(2), by: "occurred" }), [1, 3])
      assert.deepStrictEqual(yield* versions({ from: day(4) }), [3, 4])
      assert.deepStrictEqual(yield* versions({}), [1, 2, 3, 4])
      assert.deepStrictEqual(yield* versions({ from: day(2), to: day(2) }), [])
    }).pipe(onFreshStore)
  )

  it.effect("are refused when the second is before the first, naming field and rule", () =>
    Effect.gen(function* () {
      const period = { from: day(2), to: day(1) }
      const inStream = yield* Effect.flip(versions(period))
      assert.deepInclude(inStream, { _tag: "InvalidHistoryQuery", field: "to", rule: "must not be before from" })
      const inLog = yield* Effect.flip(Stream.runCollect(history.allEvents(period)))
      assert.deepStrictEqual(inLog, inStream)
    }).pipe(onFreshStore)
  )

  it.effect("of a stream come as far as they can be decoded", () =>
    Effect.gen(function* () {
      yield* recordedOn(1, opened)
      yield* recordedOn(2, broken)
      assert.deepStrictEqual(yield* versions({ to: day(2) }), [1])
      const error = yield* Effect.flip(versions({}))
      assert.deepInclude(error, { _tag: "EventNotDecodable", version: 2 })
      const stored = yield* Stream.runCollect(History.eventsBetween(stream, { from: day(2) }))
      assert.deepStrictEqual(
        stored.map(({ type }) => type),
        ["SomethingUnknown"]
      )
    }).pipe(onFreshStore)
  )

  it.effect("of the whole log come in its order, of one tenant or all, each decoded by itself", () =>
    Effect.gen(function* () {
      const store = yield* EventStore
      yield* recordedOn(1, opened)
      yield* recordedOn(2, broken)
      const other = streamOf("globex", "a-9")
      yield* store.append(other, ExpectedVersion.NoStream, [rawEvent(20)])
      yield* store.append({ ...other, category: "order" }, ExpectedVersion.NoStream, [rawEvent(21)])
      yield* recordedOn(3, rawEvent(22))
      const told = (options: { readonly tenant?: string; readonly after?: number }) =>
        Effect.map(Stream.runCollect(history.allEvents({ from: day(2) }, options)), (found) =>
          found.map((result) =>
            result._tag === "Success" ? result.success.recorded.stream.tenant : result.failure.eventType
          )
        )
      assert.deepStrictEqual(yield* told({}), ["SomethingUnknown", "globex", "acme"])
      assert.deepStrictEqual(yield* told({ tenant: "acme" }), ["SomethingUnknown", "acme"])
      const all = yield* Stream.runCollect(History.logBetween({ from: day(2), to: day(3) }))
      assert.deepStrictEqual(
        all.map(({ stream }) => stream.category),
        ["account", "account", "order"]
      )
      assert.deepStrictEqual(yield* told({ after: all[0]?.position ?? 0 }), ["globex", "acme"])
    }).pipe(onFreshStore)
  )
})

describe("asking about the past", () => {
  it.effect("writes nothing", () =>
    Effect.gen(function* () {
      yield* account
      const readOnly = Effect.updateService(EventStore, (store) => ({
        ...store,
        append: () => Effect.die("something was appended"),
        appendAll: () => Effect.die("something was appended")
      }))
      const asked = Effect.all([
        history.asOf(stream, History.latest),
        history.whatIf(stream, { instead: () => [] }),
        Stream.runCollect(history.eachAsOf({ tenant: "acme" }, History.latest)),
        Stream.runCollect(history.eachWhatIf({ tenant: "acme" }, { instead: () => [] }))
      ])
      assert.isTrue(Exit.isSuccess(yield* Effect.exit(readOnly(asked))))
    }).pipe(onFreshStore)
  )
})
