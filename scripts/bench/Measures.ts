/**
 * What is measured: each measure is an operation of eventfold beside the floor it is compared with, the least that the
 * same machine and the same driver can do for the same rows.
 */
import {
  CommandHandler,
  type CommandServices,
  EventStore,
  type EventStoreFailure,
  ExpectedVersion,
  StateCache
} from "@eventfold/event-store"
import type { layerPostgres } from "@eventfold/postgres"
import { Effect, type Layer, type Scope, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { account } from "./Account.ts"
import * as CatchUp from "./CatchUp.ts"
import * as Inline from "./Inline.ts"
import * as OrderLog from "./OrderLog.ts"
import { OrderService } from "./OrderService.ts"
import * as Relay from "./Relay.ts"
import * as RelayNats from "./RelayNats.ts"
import * as Sagas from "./Sagas.ts"
import * as Samples from "./Samples.ts"

/** One thing to measure. */
export interface Measure {
  readonly name: string
  readonly callers: number
  /** What one operation counts for: events appended or read, commands handled. */
  readonly weight: number
  /** Rows per statement of the pgbench floor; `undefined` where pgbench says nothing about this measure. */
  readonly pgbenchRows: number | undefined
  /** Whether it asks the order service, which is then started. */
  readonly overHttp?: boolean
  /** Runs once before the measure: fills what it reads. */
  readonly prepare: Effect.Effect<unknown, unknown, Services>
  readonly operation: Effect.Effect<unknown, unknown, Services>
  /** The same work by the driver alone. */
  readonly floor: Effect.Effect<unknown, unknown, Services>
}

/** What measures may use. */
export type Services =
  | CommandServices
  | Layer.Success<typeof layerPostgres>
  | OrderService
  | Scope.Scope
  | SqlClient.SqlClient

const append = (count: number) =>
  Effect.gen(function* () {
    const store = yield* EventStore
    return yield* store.append(
      Samples.newStream("account"),
      ExpectedVersion.NoStream,
      yield* Samples.newDeposits(count)
    )
  })

const rawInsert = (count: number) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const ids = Array.from({ length: count }, Samples.uuid)
    const data = ids.map(() => Samples.payload)
    return yield* count === 1
      ? sql`insert into bench_floor (stream_id, type, data) values (${ids[0]}, 'MoneyDeposited', ${Samples.payload}::json)`
      : sql`insert into bench_floor (stream_id, type, data)
          select id, 'MoneyDeposited', data::json from unnest(${ids}::text[], ${data}::text[]) as u(id, data)`
  })

/** Reads and decodes to the end; fails when something is missing. */
const decoded = Effect.fnUntraced(function* (
  events: ReturnType<EventStore["Service"]["read"]>,
  expected: number
): Effect.fn.Return<void, unknown> {
  let found = 0
  yield* Stream.runForEachArray(events, (recorded) =>
    Effect.map(Samples.orders.decode(recorded), (decoded) => (found += decoded.length))
  )
  if (found !== expected) return yield* Samples.incomplete("bench", found, expected)
})

const readLong = Effect.flatMap(EventStore, (store) => decoded(store.read(Samples.longStream), 1000))

const rawStream = (stream: typeof Samples.longStream) =>
  Effect.flatMap(
    SqlClient.SqlClient,
    (sql) => sql`select e.* from eventfold.events e join eventfold.streams s using (stream_key)
      where s.tenant = ${stream.tenant} and s.category = ${stream.category} and s.stream_id = ${stream.id}
      order by e.version`
  )

/** Where the scanned events begin, once they are there. */
let scanFrom = 0

/** The orders that are projected, once they are there. */
let orderLog: OrderLog.OrderLog = { orders: 0, from: 0, to: 0 }

const scanAll = (events: number) =>
  Effect.flatMap(EventStore, (store) => decoded(store.readAll({ after: scanFrom, limit: events }), events))

const rawScan = (from: number, events: number) =>
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    for (let after = BigInt(from), left = events; left > 0;) {
      const rows = yield* sql<{ position: bigint }>`select * from eventfold.events
        where position > ${after} order by position limit ${Math.min(1024, left)}::integer`
      const last = rows.at(-1)
      if (last === undefined) return yield* Samples.incomplete("bench", events - left, events)
      after = last.position
      left -= rows.length
    }
  })

// A deposit alone can begin this account, so a handler cannot tell a new one from the command.
const handler = CommandHandler.make(account, { readFirst: true })
const accounts = 2000
let turn = 0

/** Ten events and more behind it, decide, append one: on a different account each time, so that no two commands meet. */
const command = (category: string) =>
  Effect.suspend(() => {
    turn = (turn + 1) % accounts
    const { occurredAt } = Samples
    return handler.handle(Samples.accountOf(category, turn), { _tag: "Deposit", amount: 5, occurredAt })
  })

/** As command, with nothing in the cache: what the first command on an aggregate costs. */
const commandCold = Effect.suspend(() => {
  const stream = Samples.accountOf("cold", (turn + 1) % accounts)
  return Effect.andThen(
    Effect.flatMap(StateCache, (cache) => cache.invalidate(stream)),
    command("cold")
  )
})

const rawRead = (category: string) =>
  Effect.suspend(() => {
    turn = (turn + 1) % accounts
    return rawStream(Samples.accountOf(category, turn))
  })

const rawCommand = (category: string) => Effect.andThen(rawRead(category), rawInsert(1))

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

/** The deposits that are relayed, once they are there. */
let relayLog: Relay.RelayLog = { events: 0, from: 0, to: 0 }

const nothing: Effect.Effect<void, EventStoreFailure> = Effect.void

/** All measures, by the names under which their figures are kept: with so many events to scan, messages to relay, orders to project. */
export const measures = ({
  events,
  messages,
  orders
}: {
  readonly events: number
  readonly messages: number
  readonly orders: number
}): ReadonlyArray<Measure> => [
  ...[1, 32, 128].map((callers) => ({
    name: "append-1",
    callers,
    weight: 1,
    pgbenchRows: 1,
    prepare: nothing,
    operation: append(1),
    floor: rawInsert(1)
  })),
  ...[1, 32, 128].map((callers) => ({
    name: "append-1-inline",
    callers,
    weight: 1,
    pgbenchRows: 1,
    prepare: Inline.prepare,
    operation: Inline.append,
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
    prepare: Samples.fillLong,
    operation: readLong,
    floor: rawStream(Samples.longStream)
  },
  {
    name: "scan-all",
    callers: 1,
    weight: events,
    pgbenchRows: undefined,
    prepare: Effect.map(Samples.fillLog(events), (position) => (scanFrom = position)),
    operation: Effect.suspend(() => scanAll(events)),
    floor: Effect.suspend(() => rawScan(scanFrom, events))
  },
  {
    name: "catch-up-order-list",
    callers: 1,
    weight: orders * OrderLog.perOrder,
    pgbenchRows: undefined,
    prepare: Effect.map(OrderLog.fill(orders), (filled) => (orderLog = filled)),
    operation: Effect.suspend(() => CatchUp.catchUp(orderLog)),
    floor: Effect.suspend(() => rawScan(orderLog.from, orders * OrderLog.perOrder))
  },
  {
    name: "command-hot",
    callers: 32,
    weight: 1,
    pgbenchRows: undefined,
    prepare: Effect.andThen(Samples.fillAccounts("hot", accounts), Effect.repeat(command("hot"), { times: accounts })),
    operation: command("hot"),
    floor: rawCommand("hot")
  },
  {
    name: "command-cold",
    callers: 32,
    weight: 1,
    pgbenchRows: undefined,
    prepare: Samples.fillAccounts("cold", accounts),
    operation: commandCold,
    floor: rawCommand("cold")
  },
  ...[1, 32].map((callers) => ({
    name: "saga-4-steps",
    callers,
    weight: 1,
    pgbenchRows: undefined,
    prepare: Sagas.prepare,
    operation: Sagas.complete,
    // What a saga of four steps stores: ten events in five appends, one after the other.
    floor: Effect.repeat(rawInsert(2), { times: 4 })
  })),
  {
    name: "outbox-relay",
    callers: 1,
    weight: messages,
    pgbenchRows: undefined,
    prepare: Effect.map(Relay.fill(messages), (filled) => (relayLog = filled)),
    operation: Effect.suspend(() => Relay.drain(relayLog)),
    floor: Effect.repeat(rawInsert(1000), { times: messages / 1000 - 1 })
  },
  ...(RelayNats.url === undefined ? [] : [messages]).map((weight) => ({
    name: "outbox-relay-nats",
    callers: 1,
    weight,
    pgbenchRows: undefined,
    prepare: RelayNats.prepare(weight),
    operation: RelayNats.drain,
    floor: Effect.repeat(rawInsert(1000), { times: weight / 1000 - 1 })
  })),
  {
    name: "http-post-order",
    callers: 32,
    weight: 1,
    pgbenchRows: 1,
    overHttp: true,
    prepare: nothing,
    operation: postOrder,
    floor: rawInsert(2)
  },
  {
    name: "http-get-order",
    callers: 32,
    weight: 1,
    pgbenchRows: undefined,
    overHttp: true,
    prepare: Effect.forEach(Array.from({ length: 500 }), () => postOrder, { concurrency: 32, discard: true }),
    operation: getOrder,
    floor: rawRead("cold")
  }
]
