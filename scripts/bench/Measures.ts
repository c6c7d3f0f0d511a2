/**
 * What is measured: each measure is an operation of eventfold beside the floor it is compared with, the least that the
 * same machine and the same driver can do for the same rows.
 */
import {
  CommandHandler,
  EventCodec,
  EventStore,
  ExpectedVersion,
  type NewEvent,
  StreamId
} from "@eventfold/event-store"
import { DateTime, Effect, Stream } from "effect"
import { SecureRandom } from "effect/crypto"
import { SqlClient } from "effect/sql"
import { account, type AccountEvent } from "./Account.ts"
import { OrderService } from "./OrderService.ts"

/** One thing to measure. */
export interface Measure {
  readonly name: string
  readonly callers: number
  /** What one operation counts for: events appended or read, commands handled. */
  readonly weight: number
  /** Rows per statement of the pgbench floor; `undefined` where pgbench says nothing about this measure. */
  readonly pgbenchRows: number | undefined
  /** Runs once before the measure: fills what it reads. */
  readonly prepare: Effect.Effect<void, unknown, Services>
  readonly operation: Effect.Effect<unknown, unknown, Services>
  /** The same work by the driver alone. */
  readonly floor: Effect.Effect<unknown, unknown, Services>
}

/** What measures may use. */
export type Services = EventStore | OrderService | SqlClient.SqlClient

const occurredAt = DateTime.makeUnsafe("2026-01-15T12:00:00Z")
const memo =
  "Standing order for the office in the old harbour, third floor; please ring the bell of the bakery next door."

/** About 300 bytes of JSON, the size of a usual domain event. */
export const deposited = (amount: number): AccountEvent => ({
  _tag: "MoneyDeposited",
  occurredAt,
  amount,
  currency: "EUR",
  reference: "RF18 5390 0754 7034 8231 0044 7712",
  memo
})

const codec = EventCodec.make(account.Event)

/** The payload of the floors: the same bytes that eventfold stores. */
export const payload = JSON.stringify({
  amount: 1234,
  currency: "EUR",
  reference: "RF18 5390 0754 7034 8231 0044 7712",
  memo
})

const newEvents = (count: number): Effect.Effect<ReadonlyArray<NewEvent>, unknown> =>
  Effect.map(codec.encode(Array.from({ length: count }, (_, index) => deposited(index + 1))), (encoded) =>
    encoded.map((event) => ({ ...event, id: SecureRandom.uuidV7Unsafe(), metadata: { actor: "bench" } }))
  )

const newStream = (category: string) => StreamId.make("bench", category, SecureRandom.uuidV7Unsafe())

const append = (count: number) =>
  Effect.gen(function* () {
    const store = yield* EventStore
    return yield* store.append(newStream("account"), ExpectedVersion.NoStream, yield* newEvents(count))
  })

const rawInsert = (count: number) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const ids = Array.from({ length: count }, () => SecureRandom.uuidV7Unsafe())
    const data = ids.map(() => payload)
    return yield* count === 1
      ? sql`insert into bench_floor (stream_id, type, data) values (${ids[0]}, 'MoneyDeposited', ${payload}::json)`
      : sql`insert into bench_floor (stream_id, type, data)
          select id, 'MoneyDeposited', data::json from unnest(${ids}::text[], ${data}::text[]) as u(id, data)`
  })

const long = StreamId.make("bench", "long", "thousand")

const fill = (stream: StreamId.StreamId, count: number) =>
  Effect.gen(function* () {
    const store = yield* EventStore
    if ((yield* Stream.runCount(store.read(stream, { limit: 1 }))) > 0) return
    for (let done = 0; done < count; done += 1000) {
      yield* store.append(stream, ExpectedVersion.Any, yield* newEvents(Math.min(1000, count - done)))
    }
  })

const readLong = Effect.gen(function* () {
  const store = yield* EventStore
  yield* Stream.runForEachArray(store.read(long), (recorded) => codec.decode(recorded))
})

const rawLong = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`select * from eventfold.events
    where tenant = ${long.tenant} and category = ${long.category} and stream_id = ${long.id} order by version`
})

const scanned = 20_000
const bulk = StreamId.make("bench", "bulk", "scan")

const scanAll = Effect.gen(function* () {
  const store = yield* EventStore
  yield* Stream.runForEachArray(store.readAll({ limit: scanned }), (recorded) => codec.decode(recorded))
})

const rawScan = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  for (let after = 0n, left = scanned; left > 0;) {
    const rows = yield* sql<{ position: bigint }>`
      select * from eventfold.events where position > ${after} order by position limit ${500}::integer`
    const last = rows.at(-1)
    if (last === undefined) return
    after = last.position
    left -= rows.length
  }
})

const handler = CommandHandler.make(account)
const accounts = 2000
const coldAccount = (index: number) => StreamId.make("bench", "cold", String(index))

let turn = 0
/** Load ten events, decide, append one: on a different account each time, so that no two commands meet. */
const commandCold = Effect.suspend(() => {
  turn = (turn + 1) % accounts
  return handler.handle(coldAccount(turn), { _tag: "Deposit", amount: 5, occurredAt })
})

const rawRead = Effect.suspend(() => {
  turn = (turn + 1) % accounts
  const stream = coldAccount(turn)
  return Effect.flatMap(
    SqlClient.SqlClient,
    (sql) => sql`select * from eventfold.events
      where tenant = ${stream.tenant} and category = ${stream.category} and stream_id = ${stream.id} order by version`
  )
})

const rawCommand = Effect.andThen(rawRead, rawInsert(1))

const drafts: Array<string> = []

/** A draft over HTTP: request, command, two events, answer. */
const postOrder = Effect.gen(function* () {
  drafts.push(yield* (yield* OrderService).draft)
})

const getOrder = Effect.gen(function* () {
  const service = yield* OrderService
  turn = (turn + 1) % drafts.length
  yield* service.get(drafts[turn] ?? "")
})

const nothing = Effect.void

/** All measures, by the names under which their figures are kept. */
export const measures: ReadonlyArray<Measure> = [
  ...[1, 32, 128].map((callers) => ({
    name: "append-1",
    callers,
    weight: 1,
    pgbenchRows: 1,
    prepare: nothing,
    operation: append(1),
    floor: rawInsert(1)
  })),
  {
    name: "append-100",
    callers: 8,
    weight: 100,
    pgbenchRows: 100,
    prepare: nothing,
    operation: append(100),
    floor: rawInsert(100)
  },
  {
    name: "read-stream-1000",
    callers: 8,
    weight: 1000,
    pgbenchRows: undefined,
    prepare: fill(long, 1000),
    operation: readLong,
    floor: rawLong
  },
  {
    name: "scan-all",
    callers: 1,
    weight: scanned,
    pgbenchRows: undefined,
    prepare: fill(bulk, scanned),
    operation: scanAll,
    floor: rawScan
  },
  {
    name: "command-cold",
    callers: 32,
    weight: 1,
    pgbenchRows: undefined,
    prepare: Effect.forEach(
      Array.from({ length: accounts }, (_, index) => coldAccount(index)),
      (stream) => fill(stream, 10),
      {
        concurrency: 8,
        discard: true
      }
    ),
    operation: commandCold,
    floor: rawCommand
  },
  {
    name: "http-post-order",
    callers: 32,
    weight: 1,
    pgbenchRows: 1,
    prepare: nothing,
    operation: postOrder,
    floor: rawInsert(2)
  },
  {
    name: "http-get-order",
    callers: 32,
    weight: 1,
    pgbenchRows: undefined,
    prepare: Effect.forEach(Array.from({ length: 500 }), () => postOrder, { concurrency: 32, discard: true }),
    operation: getOrder,
    floor: rawRead
  }
]
