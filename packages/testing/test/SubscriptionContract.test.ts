/** The suite of subscriptions catches broken ones: for every law there is one that breaks it, and it only. */
import { AppendSignal, EventStore, layerMemory, Transaction } from "@eventfold/event-store"
import { type LogBatch, type SubscriptionOptions, Subscriptions } from "@eventfold/subscriptions"
import { Context, Effect, Layer, Stream } from "effect"
import { SubscriptionLaws } from "../src/index.ts"
import { suite } from "./BrokenTable.ts"

interface BrokenSubscriptions {
  readonly breaks: string
  readonly fault: string
  readonly layer: Layer.Layer<EventStore | Transaction | Subscriptions>
}

type Service = Subscriptions["Service"]

const sound = Layer.fresh(Subscriptions.layer.pipe(Layer.provideMerge(layerMemory)))

/** A row: sound subscriptions, each stream of which is changed. */
const broken = (
  breaks: string,
  fault: string,
  wrong: (stream: Service["stream"], options: SubscriptionOptions) => ReturnType<Service["stream"]>
): BrokenSubscriptions => ({
  breaks,
  fault,
  layer: Layer.effect(
    Subscriptions,
    Effect.map(Subscriptions, (service) => ({
      statuses: service.statuses,
      stream: (options) => wrong((asked) => service.stream(asked), options)
    }))
  ).pipe(Layer.provideMerge(sound))
})

/** A row in which every batch is changed; `change` is made anew for every subscription. */
const handsOverWrongly = (breaks: string, fault: string, make: () => (batch: LogBatch) => LogBatch) =>
  broken(breaks, fault, (stream, options) => Stream.suspend(() => Stream.map(stream(options), make())))

/** A row of sound subscriptions over a store and a signal that are not. */
const over = (
  breaks: string,
  fault: string,
  wrong: (ports: {
    readonly store: EventStore["Service"]
    readonly signal: AppendSignal["Service"]
    /** A signal that the store knows nothing of. */
    readonly other: AppendSignal["Service"]
  }) => { readonly store?: Partial<EventStore["Service"]>; readonly signal?: Partial<AppendSignal["Service"]> }
): BrokenSubscriptions => ({
  breaks,
  fault,
  layer: Subscriptions.layer.pipe(
    Layer.provideMerge(
      Layer.effectContext(
        Effect.gen(function* () {
          const [store, signal, transaction] = [yield* EventStore, yield* AppendSignal, yield* Transaction]
          const other = yield* Effect.provide(AppendSignal, Layer.fresh(AppendSignal.layer))
          const fault = wrong({ store, signal, other })
          return Context.make(EventStore, { ...store, ...fault.store }).pipe(
            Context.add(AppendSignal, { ...signal, ...fault.signal }),
            Context.add(Transaction, transaction)
          )
        })
      )
    ),
    Layer.provide(layerMemory),
    Layer.fresh
  )
})

const brokenSubscriptions: ReadonlyArray<BrokenSubscriptions> = [
  handsOverWrongly(
    "what is in the log is handed over in the order of positions, each event once",
    "turns a batch round",
    () => (batch) => ({ ...batch, events: batch.events.toReversed() })
  ),
  over("what is appended to the log later is handed over at once", "does not hear the first ring", ({ signal }) => {
    let deaf = true
    return {
      signal: {
        listen: Effect.map(signal.listen, (ring) =>
          Effect.flatMap(ring, () => {
            if (!deaf) return Effect.void
            deaf = false
            return Effect.flatten(signal.listen)
          })
        )
      }
    }
  }),
  over(
    "while others write, in transactions that succeed and fail, nothing is missed and nothing comes twice",
    "reads past an event that is being stored",
    ({ store }) => {
      let writing = 0
      const write = (change: number) => Effect.sync(() => void (writing += change))
      return {
        store: {
          append: (...append) =>
            Effect.andThen(Effect.andThen(write(1), Effect.yieldNow), store.append(...append)).pipe(
              Effect.ensuring(Effect.andThen(Effect.yieldNow, write(-1)))
            ),
          readLog: (page) =>
            Effect.map(store.readLog(page), (slice) =>
              writing > 1 ? { ...slice, events: slice.events.toSpliced(-2, 1) } : slice
            )
        }
      }
    }
  ),
  over(
    "what a transaction appends is handed over once it has been stored, and never when it is not",
    "rings while the transaction is still open, and not at its end",
    ({ other, store }) => ({
      signal: other,
      store: { append: (...append) => Effect.tap(store.append(...append), () => other.ring) }
    })
  ),
  handsOverWrongly(
    "batches join: each begins where the one before ended, and its events lie between",
    "begins a batch at its first event",
    () => (batch) => ({ ...batch, after: (batch.events[0]?.position ?? batch.after + 1) - 1 })
  ),
  broken(
    "a subscription that begins where another one stood goes on with what that one was not handed",
    "begins with the event it should begin after",
    (stream, options) => {
      const after = options.after ?? 0
      return Stream.map(stream({ ...options, after: after - 1 }), (batch) => ({
        ...batch,
        after: Math.max(batch.after, after)
      }))
    }
  ),
  broken(
    "stretches in which nothing was wanted are handed over too, so that a checkpoint can move",
    "hands over events only",
    (stream, options) =>
      Stream.suspend(() => {
        let handed = options.after ?? 0
        let any = false
        return stream(options).pipe(
          Stream.filter(({ events }) => (any ||= events.length > 0)),
          Stream.map((batch) => {
            const joined = { ...batch, after: handed }
            handed = batch.position
            return joined
          })
        )
      })
  ),
  broken("a batch holds as many events as asked for, at the most", "makes batches of two at least", (stream, options) =>
    stream({ ...options, batchSize: Math.max(2, options.batchSize ?? 256) })
  ),
  broken(
    "a filter lets through what it names by tenant, category and type, and nothing else",
    "does not look at the type",
    (stream, { filter: { types: _, ...filter } = {}, ...options }) => stream({ ...options, filter })
  ),
  (() => {
    const taken = new Map<string, string>()
    return broken(
      "subscriptions do not disturb each other: a quick one and a slow one are each handed everything",
      "hands each event to the first name that asks for it",
      (stream, { name, ...options }) =>
        Stream.map(stream({ name, ...options }), (batch) => ({
          ...batch,
          events: batch.events.filter(({ id }) => taken.set(id, taken.get(id) ?? name).get(id) === name)
        }))
    )
  })()
]

suite({
  of: "subscriptions",
  laws: SubscriptionLaws.laws,
  rows: brokenSubscriptions,
  sound,
  settings: Context.make(SubscriptionLaws.Patience, "400 millis")
})
