/** The laws of the relay catch broken relays, stores and brokers: for every law there is one that breaks it. */
import { EventStore, layerMemory as eventsInMemory } from "@eventfold/event-store"
import { MessageBroker, MessageBrokerMemory } from "@eventfold/messaging"
import { Consumers, DeadLetters, type EventHandler, layerMemory as readSideInMemory } from "@eventfold/subscriptions"
import { Effect, Layer } from "effect"
import { RelayLaws } from "../src/index.ts"
import { type BrokenRow, suite } from "./BrokenTable.ts"
import { outside } from "./Faults.ts"

const sound = Layer.fresh(Layer.mergeAll(readSideInMemory, MessageBrokerMemory.layerMemory())).pipe(
  Layer.provideMerge(Layer.fresh(eventsInMemory))
)

type Flush = EventHandler.TogetherBatch["flush"]

/** A relay that hands on in another way. */
const flushing = (breaks: string, fault: string, wrong: (flush: Flush) => Flush): BrokenRow<RelayLaws.Ports> => ({
  breaks,
  fault,
  layer: Layer.merge(
    sound,
    Layer.succeed(RelayLaws.Alter, (relay) => {
      const { together } = relay
      return together === undefined
        ? relay
        : {
            ...relay,
            together: (events) =>
              Effect.map(together(events), (batch) => ({
                ...batch,
                flush: wrong((positions) => batch.flush(positions))
              }))
          }
    })
  )
})

/** A port that does something else. */
const over = (breaks: string, fault: string, layer: Layer.Layer<RelayLaws.Ports>): BrokenRow<RelayLaws.Ports> => ({
  breaks,
  fault,
  layer
})

const rows = [
  flushing(
    "everything that was committed is published once, in the order of the log: what is there, and what comes",
    "forgets the last of many",
    (flush) => (positions) => flush(positions.length > 1 ? positions.slice(0, -1) : positions)
  ),
  over(
    "nothing is published that was not committed",
    "the outbox is written outside the transaction",
    Layer.effect(
      EventStore,
      Effect.map(EventStore, (port) => ({
        ...port,
        append: (...given: Parameters<typeof port.append>) => outside(port.append(...given))
      }))
    ).pipe(Layer.provideMerge(sound))
  ),
  over(
    "a relay that dies between publishing and noting it doubles nothing, and leaves nothing out",
    "the broker takes every message for a new one",
    Layer.sync(MessageBroker, () => {
      const driver = MessageBrokerMemory.driver()
      return MessageBroker.make({
        ...driver,
        publish: (topic, messages, { now }) => driver.publish(topic, messages, { now, since: now })
      })
    }).pipe(Layer.provideMerge(sound))
  ),
  over(
    "of several relays at once one publishes at a time, and nothing is worked on twice",
    "whoever asks gets the lease",
    Layer.effect(
      Consumers,
      Effect.map(Consumers, (port) => ({
        ...port,
        acquire: (slice: Parameters<typeof port.acquire>[0], _: string, time: Parameters<typeof port.acquire>[2]) =>
          port.acquire(slice, "anybody", time)
      }))
    ).pipe(Layer.provideMerge(sound))
  ),
  flushing(
    "messages of a key are published in its order, though every other call fails",
    "hands on the newest first",
    (flush) => (positions) => flush(positions.toReversed())
  ),
  flushing(
    "while the broker is away it waits and says so; nothing is given up, and then all of it is published",
    "takes an outage for a refusal",
    (flush) => (positions) => Effect.mapError(flush(positions), (failed) => ({ ...failed, kind: "permanent" as const }))
  ),
  over(
    "what can never be published holds its key back and no other; replayed, it comes before what waits behind it",
    "nobody remembers what is held",
    Layer.effect(
      DeadLetters,
      Effect.map(DeadLetters, (port) => ({ ...port, any: () => Effect.succeed(false) }))
    ).pipe(Layer.provideMerge(sound))
  ),
  flushing(
    "a message the broker refuses is found among others, and holds its key back and no other",
    "takes a refusal for done",
    (flush) => (positions) =>
      Effect.catchIf(
        flush(positions),
        ({ kind }) => kind === "permanent",
        () => Effect.void
      )
  )
]

suite({ of: "the outbox relay", laws: RelayLaws.laws, rows, sound, only: false })
