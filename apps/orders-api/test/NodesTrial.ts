/**
 * Three nodes under load: one joins, one is killed with `kill -9`, one is frozen with `SIGSTOP` and goes on again later. What is
 * measured is how long anything stood still, and what the frozen one stored when it woke up. In the end it is counted whether
 * anything was lost or doubled.
 */
import type { ChargeBook } from "@eventfold/card-gateway-simulator"
import { Clock, Duration, Effect, Fiber, type Redacted, Ref, Schedule } from "effect"
import { SqlClient } from "effect/sql"
import * as Scene from "./NodesScene.ts"
import * as Watch from "./NodesWatch.ts"

/** How a trial is made. */
export interface TrialOptions {
  readonly database: string
  readonly gateway: { readonly url: string; readonly key: Redacted.Redacted; readonly book: ChargeBook.ChargeBook }
  readonly customers: number
  /** How long a customer waits between two orders, in milliseconds. */
  readonly every: number
  /** How long each part of the trial lasts, in milliseconds. */
  readonly part: number
}

/** How long things stood still in a part of the trial, in milliseconds, and what was done in it. */
export interface Part {
  readonly part: "three nodes" | "one killed" | "one frozen" | "it goes on"
  /** The oldest event that a projection, handler or relay had not dealt with, and whose that was. */
  readonly consumers: number
  readonly slowest: string
  /** How late the latest timer fired; the longest time between two events of a saga, and from publishing to a handled message. */
  readonly timers: number
  readonly sagas: number
  readonly messages: number
  readonly ordersPerSecond: number
  /** Of the end of the part: how many slices each owner has. */
  readonly shares: ReadonlyArray<number>
}

/** What a trial has shown. */
export interface Trial {
  readonly parts: ReadonlyArray<Part>
  /** Milliseconds from the start of the third node until it had its share. */
  readonly joined: number
  /** Of the frozen node: the leases it had, how many were still worth something when it went on, and what it stored under them. */
  readonly zombie: {
    readonly leases: number
    readonly stillWorth: number
    readonly storedUnderThem: number
    readonly storedBeforeNewOnes: ReadonlyArray<string>
  }
  readonly load: Scene.Load
  /** Everything that was lost or doubled. */
  readonly wrong: ReadonlyArray<string>
}

/** Runs one. The SQL client is one of the database, as its owner. */
export const run = Effect.fnUntraced(function* ({ customers, database, every, gateway, part }: TrialOptions) {
  const one = yield* Scene.start("one", database, gateway)
  yield* Watch.begin
  const two = yield* Scene.start("two", database, gateway)
  yield* Scene.ready(one)
  const begun = yield* Clock.currentTimeMillis
  const three = yield* Scene.start("three", database, gateway)
  const up = yield* Clock.currentTimeMillis
  yield* Effect.repeat(Watch.shares, { schedule: patience, until: isFair })
  const joined = (yield* Clock.currentTimeMillis) - up
  yield* Effect.logDebug(`it started in ${up - begun} ms`)
  const { running, state, stop } = yield* Scene.load([one, two, three], { customers, every })
  // What is there first is made ready: plans, caches, compiled code.
  yield* Effect.sleep("3 seconds")

  const parts: Array<Part> = []
  const during = Effect.fnUntraced(function* (name: Part["part"], millis: number) {
    const from = yield* Watch.now
    const before = (yield* Ref.get(state)).orders.length
    let worst = { consumer: "none", millis: 0 }
    const until = (yield* Clock.currentTimeMillis) + millis
    while ((yield* Clock.currentTimeMillis) < until) {
      const [oldest] = yield* Watch.behind
      if (oldest !== undefined && oldest.millis > worst.millis) worst = oldest
      yield* Effect.sleep("100 millis")
    }
    const shares = (yield* Watch.shares).map(({ n }) => n)
    const made = (yield* Ref.get(state)).orders.length - before
    return { name, from, to: yield* Watch.now, worst, shares, ordersPerSecond: made / (millis / 1000) }
  })
  const first = yield* during("three nodes", part)
  yield* two.kill("SIGKILL")
  const second = yield* during("one killed", part)
  const owner = (yield* Watch.ownerOf("three")) ?? "nobody"
  const leases = yield* Watch.leasesOf(owner)
  yield* three.kill("SIGSTOP")
  const third = yield* during("one frozen", part)
  const stillWorth = yield* Watch.stillWorth(leases)
  const resumed = yield* Watch.now
  yield* three.kill("SIGCONT")
  const fourth = yield* during("it goes on", part)
  yield* stop
  yield* Fiber.join(running)
  const load = yield* Ref.get(state)
  const wrong = yield* Effect.repeat(wrongs(load, gateway.book), {
    schedule: patience,
    until: (found) => found.length === 0
  })
  const ended = yield* Watch.now
  for (const { from, name, ordersPerSecond, shares, to, worst } of [first, second, third, fourth]) {
    const { messages, sagas, timers } = yield* Watch.longest(from, name === "it goes on" ? ended : to)
    const consumers = { consumers: Math.round(worst.millis), slowest: worst.consumer }
    const others = { timers: Math.round(timers), sagas: Math.round(sagas), messages: Math.round(messages) }
    parts.push({ part: name, ...consumers, ...others, ordersPerSecond, shares })
  }
  const trial: Trial = {
    parts,
    joined,
    zombie: {
      leases: leases.length,
      stillWorth,
      storedUnderThem: (yield* Watch.underOldLeases("three", resumed, leases)).length,
      storedBeforeNewOnes: (yield* Watch.beforeNewLeases("three", resumed)).map(({ n, what }) => `${n} ${what}`)
    },
    load,
    wrong
  }
  return trial
})

const patience = Schedule.spaced("100 millis").pipe(Schedule.upTo({ duration: Duration.seconds(60) }))

/** Whether three nodes have the same share, but for one slice. */
const isFair = (shares: ReadonlyArray<{ readonly n: number }>) => {
  const counts = shares.map(({ n }) => n)
  return counts.length === 3 && Math.max(...counts) - Math.min(...counts) <= 1
}

/** Everything that was lost, doubled, or is not done yet. */
const wrongs = Effect.fnUntraced(function* ({ orders, reservations }: Scene.Load, book: ChargeBook.ChargeBook) {
  const sql = yield* SqlClient.SqlClient
  const found = yield* sql<{ what: string; n: number; should: number }>`
    with counted as (select type, count(*)::int as n from eventfold.events group by 1)
    select w.what, coalesce(c.n, 0) as n, w.should
    from (values ('OrderPlaced', ${orders.length}::int), ('SagaCompleted', ${orders.length}::int),
      ('OrderApproved', ${orders.length}::int), ('PaymentCaptured', ${orders.length}::int),
      ('ShipmentRequested', ${orders.length}::int), ('StockReserved', ${orders.length + reservations}::int),
      ('ReservationExpired', ${reservations}::int)) as w(what, should)
    left join counted c on c.type = w.what
    where coalesce(c.n, 0) <> w.should`
  const doubled = yield* sql<{ id: string }>`
    select id from eventfold.messages group by topic, source, id having count(*) > 1`
  const letters = yield* sql<{ consumer: string; failure_message: string | null }>`
    select consumer, failure_message from eventfold.dead_letters`
  const undelivered = yield* sql<{ n: number }>`select count(*)::int as n from eventfold.message_deliveries`
  const unheard = yield* sql<{ n: number }>`
    select count(*)::int as n from eventfold.inbox where state <> 'processed'`
  const late = yield* Watch.behind
  const paid = orders.filter((orderId) => {
    const captured = book.find(`payment_${orderId.slice(-36)}`).reduce((sum, one) => sum + one.amount_captured_cents, 0)
    return captured !== 2 * Scene.price
  })
  return [
    ...found.map(({ n, should, what }) => `${what}: ${n} of ${should}`),
    ...doubled.map(({ id }) => `published twice: ${id}`),
    ...letters.map(({ consumer, failure_message }) => `dead letter of ${consumer}: ${failure_message}`),
    ...undelivered.flatMap(({ n }) => (n === 0 ? [] : [`${n} messages are not delivered`])),
    ...unheard.flatMap(({ n }) => (n === 0 ? [] : [`${n} messages are not handled`])),
    ...late.map(({ consumer }) => `${consumer} is behind`),
    ...paid.map((orderId) => `${orderId} is not paid as it should be`)
  ]
})
