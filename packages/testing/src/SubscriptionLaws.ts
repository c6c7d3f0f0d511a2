/**
 * The laws of subscriptions as values: what following the log guarantees over every layer of the event store.
 *
 * They follow one store, which is never emptied, without waiting for the clock: what they append must be handed over
 * because it rings. A subscription that stays silent is given up after {@link Patience}, in real time.
 */
import { type EventStore, ExpectedVersion, type LogFilter, type NewEvent, Transaction } from "@eventfold/event-store"
import { type LogBatch, type SubscriptionOptions, Subscriptions } from "@eventfold/subscriptions"
import { Clock, Context, Deferred, type Duration, Effect, Fiber, Stream } from "effect"
import * as Scenario from "./EventStoreLaws/Scenario.ts"
import { expect, expectEqual, type Law, make, Violation } from "./Law.ts"

/** How long to wait for a subscription that hands nothing over. */
export const Patience = Context.Reference<Duration.Input>("@eventfold/testing/Patience", {
  defaultValue: () => "10 seconds"
})

const { NoStream } = ExpectedVersion

type Batches = ReadonlyArray<LogBatch>

/** What was handed over until it was enough. */
const follow = Effect.fnUntraced(function* (
  options: Partial<SubscriptionOptions>,
  enough: (batches: Batches) => boolean,
  handle: (batch: LogBatch) => Effect.Effect<unknown> = () => Effect.void
) {
  const batches: Array<LogBatch> = []
  const following = Subscriptions.stream({ name: "law", pollEvery: { ringing: 0 }, passEvery: 0, ...options }).pipe(
    Stream.takeUntilEffect((batch) => Effect.as(handle(batch), batches.push(batch) > 0 && enough(batches))),
    Stream.runDrain
  )
  const silence = Effect.flatMap(Patience, (patience) => Effect.sleep(patience)).pipe(
    Effect.provideService(Clock.Clock, Clock.Clock.defaultValue()),
    Effect.andThen(() => {
      const [last] = batches.slice(-1)
      const so = `${eventsOf(batches).length} events in ${batches.length} batches, up to position ${last?.position}`
      return Effect.fail(new Violation({ message: `the subscription hands nothing more over; so far ${so}` }))
    })
  )
  yield* Effect.raceFirst(following, silence)
  return batches
})

const eventsOf = (batches: Batches) => batches.flatMap(({ events }) => events)
const idsOf = (batches: Batches) => Scenario.idsOf(eventsOf(batches))
const sorted = (ids: ReadonlyArray<string>) => ids.toSorted()

const reaches = (position: number) => (batches: Batches) => (batches.at(-1)?.position ?? 0) >= position
const holds = (count: number) => (batches: Batches) => eventsOf(batches).length >= count

/** Ten events of a tenant in two streams, among those of others, and what the log held before and after them. */
const history = Effect.gen(function* () {
  const after = yield* Scenario.mark
  const tenant = yield* Scenario.tenant
  const streams = [yield* Scenario.streamOf(tenant), yield* Scenario.streamOf(tenant)] as const
  const events = yield* Scenario.events(10)
  for (const [index, event] of events.entries()) {
    yield* Scenario.append(streams[index % 2 === 0 ? 0 : 1], ExpectedVersion.Any, [event])
    yield* Scenario.mark
  }
  return { after, filter: { tenant }, tenant, events, end: yield* Scenario.mark }
})

const order: ReadonlyArray<Law<EventStore | Transaction | Subscriptions>> = [
  make(
    "what is in the log is handed over in the order of positions, each event once",
    Effect.gen(function* () {
      const { after, end, events, filter } = yield* history
      const batches = yield* follow({ after, filter }, reaches(end))
      yield* expectEqual("the ids handed over", idsOf(batches), Scenario.idsOf(events))
    })
  ),

  make(
    "what is appended to the log later is handed over at once",
    Effect.gen(function* () {
      const { end, filter, tenant } = yield* history
      const [before, later] = [yield* Scenario.events(1), yield* Scenario.events(2)]
      yield* Scenario.append(yield* Scenario.streamOf(tenant), NoStream, before)
      const atEnd = yield* Deferred.make<void>()
      const following = yield* Effect.forkChild(
        follow({ after: end, filter }, holds(3), ({ end: isEnd }) =>
          isEnd ? Deferred.succeed(atEnd, undefined) : Effect.void
        )
      )
      yield* Effect.raceFirst(Deferred.await(atEnd), Effect.asVoid(Fiber.join(following)))
      yield* settled
      yield* Scenario.append(yield* Scenario.streamOf(tenant), NoStream, later)
      const [found, expected] = [idsOf(yield* Fiber.join(following)), Scenario.idsOf([...before, ...later])]
      yield* expectEqual("the ids handed over, sorted", sorted(found), sorted(expected))
    })
  ),

  make(
    "while others write, in transactions that succeed and fail, nothing is missed and nothing comes twice",
    Effect.gen(function* () {
      const tenant = yield* Scenario.tenant
      const after = yield* Scenario.mark
      let end = Number.POSITIVE_INFINITY
      const following = yield* Effect.forkChild(
        follow({ after, filter: { tenant }, batchSize: 7 }, (batches) => reaches(end)(batches))
      )
      const written = yield* Effect.forEach([0, 1, 2, 3, 4, 5], (writer) => write(tenant, writer), {
        concurrency: "unbounded"
      })
      const closing = yield* Scenario.events(1)
      const { position } = yield* Scenario.append(yield* Scenario.streamOf(tenant), NoStream, closing)
      end = position
      const batches = yield* Fiber.join(following)
      const expected = [...written.flat(), ...closing]
      yield* expectEqual("the ids, sorted", sorted(idsOf(batches)), sorted(Scenario.idsOf(expected)))
    })
  ),

  make(
    "what a transaction appends is handed over once it has been stored, and never when it is not",
    Effect.gen(function* () {
      const transaction = yield* Transaction
      const tenant = yield* Scenario.tenant
      const after = yield* Scenario.mark
      const [undone, stored] = [yield* Scenario.events(1), yield* Scenario.events(2)]
      const first = yield* Scenario.streamOf(tenant)
      const second = yield* Scenario.streamOf(tenant)
      const following = yield* Effect.forkChild(follow({ after, filter: { tenant } }, holds(2)))
      yield* settled
      yield* Effect.exit(
        transaction.run(Effect.andThen(Scenario.append(first, NoStream, undone), Effect.fail("no" as const)))
      )
      yield* transaction.run(
        Effect.gen(function* () {
          yield* Scenario.append(first, NoStream, stored.slice(0, 1))
          yield* settled
          yield* Scenario.append(second, NoStream, stored.slice(1))
          yield* settled
        })
      )
      const found = idsOf(yield* Fiber.join(following))
      yield* expectEqual("the ids handed over, sorted", sorted(found), sorted(Scenario.idsOf(stored)))
    })
  )
]

/** Lets the other fibers go on until they wait. */
const settled = Effect.forEach(Array.from({ length: 30 }), () => Effect.yieldNow, { discard: true })

/** Appends in transactions that succeed, in transactions that fail, and alone. Answers what is stored. */
const write = Effect.fnUntraced(function* (tenant: string, writer: number) {
  const transaction = yield* Transaction
  const written: Array<NewEvent> = []
  for (let turn = 0; turn < 12; turn++) {
    const events = yield* Scenario.events(1 + (turn % 3))
    const append = Scenario.append(yield* Scenario.streamOf(tenant), NoStream, events)
    const kind = (writer + turn) % 3
    if (kind === 0) yield* Effect.flip(transaction.run(Effect.andThen(append, Effect.fail("no" as const))))
    else if (kind === 1) yield* transaction.run(append)
    else yield* append
    if (kind > 0) written.push(...events)
  }
  return written
})

const places: ReadonlyArray<Law<EventStore | Transaction | Subscriptions>> = [
  make(
    "batches join: each begins where the one before ended, and its events lie between",
    Effect.gen(function* () {
      const { after, end, filter } = yield* history
      const batches = yield* follow({ after, filter, batchSize: 3 }, reaches(end))
      let place = after
      for (const batch of batches) {
        yield* expectEqual("where a batch begins", batch.after, place)
        yield* expect(batch.position > place, `a batch that begins at ${place} must get on; it ends there`)
        for (const { position } of batch.events) {
          yield* expect(
            position > batch.after && position <= batch.position,
            `the event at ${position} must lie in its batch, which is from ${batch.after} to ${batch.position}`
          )
        }
        place = batch.position
      }
    })
  ),

  make(
    "a subscription that begins where another one stood goes on with what that one was not handed",
    Effect.gen(function* () {
      const { after, end, events, filter } = yield* history
      const whole = eventsOf(yield* follow({ after, filter }, reaches(end)))
      const positions = whole.map(({ position }) => position).toSorted((a, b) => a - b)
      for (const [index, position] of positions.slice(0, -1).entries()) {
        const rest = yield* follow({ after: position, filter }, reaches(end))
        const expected = Scenario.idsOf(events.slice(index + 1))
        yield* expectEqual(`the ids after position ${position}, sorted`, sorted(idsOf(rest)), sorted(expected))
      }
    })
  ),

  make(
    "stretches in which nothing was wanted are handed over too, so that a checkpoint can move",
    Effect.gen(function* () {
      const after = yield* Scenario.mark
      const tenant = yield* Scenario.tenant
      yield* Scenario.append(yield* Scenario.stream, NoStream, yield* Scenario.events(5))
      const end = yield* Scenario.mark
      const batches = yield* follow({ after, filter: { tenant } }, reaches(end))
      yield* expectEqual("what was handed over of it", idsOf(batches), [])
    })
  ),

  make(
    "a batch holds as many events as asked for, at the most",
    Effect.gen(function* () {
      const { after, end, filter } = yield* history
      for (const batchSize of [1, 3, 10]) {
        const batches = yield* follow({ after, filter, batchSize }, reaches(end))
        const largest = Math.max(...batches.map(({ events }) => events.length))
        yield* expect(largest <= batchSize, `of ${batchSize} at the most, a batch holds ${largest}`)
      }
    })
  )
]

const company: ReadonlyArray<Law<EventStore | Transaction | Subscriptions>> = [
  make(
    "a filter lets through what it names by tenant, category and type, and nothing else",
    Effect.gen(function* () {
      const after = yield* Scenario.mark
      const [one, other] = [yield* Scenario.tenant, yield* Scenario.tenant]
      const stored: Array<{ readonly tenant: string; readonly category: string; readonly event: NewEvent }> = []
      for (const tenant of [one, other]) {
        for (const category of ["law-left", "law-right"]) {
          const events = [yield* Scenario.event({ type: "Begun" }), yield* Scenario.event({ type: "Ended" })]
          yield* Scenario.append({ ...(yield* Scenario.streamOf(tenant)), category }, NoStream, events)
          stored.push(...events.map((event) => ({ tenant, category, event })))
        }
      }
      const end = yield* Scenario.mark
      const filters: ReadonlyArray<LogFilter> = [
        { tenant: one },
        { tenant: other, categories: ["law-left"] },
        { tenant: one, types: ["Ended"] },
        { categories: ["law-left", "law-right"], types: ["Begun"] }
      ]
      for (const filter of filters) {
        const wanted = stored.filter(
          ({ category, event, tenant }) =>
            tenant === (filter.tenant ?? tenant) &&
            (filter.categories ?? [category]).includes(category) &&
            (filter.types ?? [event.type]).includes(event.type)
        )
        const batches = yield* follow({ after, filter }, reaches(end))
        const expected = Scenario.idsOf(wanted.map(({ event }) => event))
        yield* expectEqual(`the ids through ${JSON.stringify(filter)}`, sorted(idsOf(batches)), sorted(expected))
      }
    })
  ),

  make(
    "subscriptions do not disturb each other: a quick one and a slow one are each handed everything",
    Effect.gen(function* () {
      const { after, end, events, filter } = yield* history
      const slow = follow({ after, filter, name: "slow", batchSize: 2 }, reaches(end), () => settled)
      const both = yield* Effect.all([follow({ after, filter, name: "quick" }, reaches(end)), slow], {
        concurrency: "unbounded"
      })
      for (const batches of both) {
        yield* expectEqual("the ids, sorted", sorted(idsOf(batches)), sorted(Scenario.idsOf(events)))
      }
    })
  )
]

/** The laws of subscriptions. */
export const laws: ReadonlyArray<Law<EventStore | Transaction | Subscriptions>> = [...order, ...places, ...company]
