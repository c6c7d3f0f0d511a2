/**
 * What the relays of the service say of what is stored: all golden events of the contexts, in the shapes in which they were
 * written, are in a log, the relays run over it, and a reader receives everything from the broker. All in memory.
 */
import { EventStore, ExpectedVersion, layerMemory as eventsInMemory, StreamId } from "@eventfold/event-store"
import { type CloudEvent, MessageBroker, MessageBrokerMemory } from "@eventfold/messaging"
import { languages } from "@eventfold/orders-api/contexts/Languages"
import { type Relay, relays } from "@eventfold/orders-api/messaging/Relays"
import {
  ConsumerRegistry,
  DeadLetters,
  HandlerRunner,
  type HandlerStatus,
  layerMemory as readSideInMemory,
  Subscriptions
} from "@eventfold/subscriptions"
import { pass } from "@eventfold/testing/TestTime"
import { Effect, FileSystem, Layer } from "effect"
import * as GoldenFile from "../events/GoldenFile.ts"
import * as History from "../histories/History.ts"
import { root } from "./Documents.ts"

type StoredEvent = History.History["events"][number]

const golden = `${root}/test/golden`

/** The golden histories of a context, of all its aggregates. */
const historiesOf = Effect.fnUntraced(function* (context: string) {
  const fs = yield* FileSystem.FileSystem
  const files = yield* fs.readDirectory(`${golden}/${context}`, { recursive: true })
  return yield* Effect.forEach(files.filter((file) => /(^|\/)histories\/[^/]+\.json$/u.test(file)).toSorted(), (file) =>
    Effect.flatMap(fs.readFileString(`${golden}/${context}/${file}`), History.parse)
  )
})

/** Every golden event of a context, of every version: with it whatever has to stand before it in its stream. */
const samplesOf = Effect.fnUntraced(function* (context: string) {
  const { files } = yield* GoldenFile.readFolder(`${golden}/${context}`)
  const samples = Array.from(files.values()).flatMap(({ samples, schemaVersion, type }) =>
    samples.map(({ data, occurredAt }): StoredEvent => ({ type, schemaVersion, occurredAt, data }))
  )
  // What a relay says of an order it completes from the draft.
  const drafted = samples.find(({ type }) => type === "OrderDrafted")
  return samples.map((event) => (context === "ordering" && drafted !== undefined ? [drafted, event] : [event]))
})

/** Made-up samples have instants that no calendar of RFC 3339 knows; the service takes none (`PointInTime`), and says none. */
const isOfCalendar = ({ data }: StoredEvent) => !/"[+-]\d{6}-\d\d-\d\dT/u.test(JSON.stringify(data))

/** The golden events of the contexts that say something, as streams. */
export const storedStreams = Effect.map(
  Effect.forEach(languages, ({ context }) =>
    Effect.map(Effect.all([historiesOf(context), samplesOf(context)]), ([histories, samples]) =>
      [...histories.map(({ events }) => events), ...samples.filter((events) => events.every(isOfCalendar))].map(
        (events) => ({ context, events })
      )
    )
  ),
  (streams) => streams.flat()
)

/** A stream of a context, before it is in a log. */
export type StoredStream = Effect.Success<typeof storedStreams>[number]

const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
// In ASCII: the SDK leaves what is percent-encoded in headers as it is.
const metadata = { correlationId: "request-1", traceparent }

const append = Effect.fnUntraced(function* ({ context, events }: StoredStream, place: number) {
  const store = yield* EventStore
  const idOf = (index: number) => `00000000-0000-4000-8000-${String(place * 1000 + index).padStart(12, "0")}`
  const given = events.map((event, index) => ({ ...event, id: idOf(index), metadata }))
  yield* store.append(StreamId.make("acme", context, `stream-${place}`), ExpectedVersion.NoStream, given)
})

/** All that a topic holds. */
const received = Effect.fnUntraced(function* (topic: string) {
  const broker = yield* MessageBroker
  const group = { topic, group: "reader" }
  yield* broker.subscribe(group, { maxInFlight: 10_000 })
  const found: Array<CloudEvent.CloudEvent> = []
  for (;;) {
    const batch = yield* broker.receive(group, { limit: 1000, hold: "1 minute" })
    if (batch.length === 0) return found
    found.push(...batch.map(({ message }) => message))
    yield* broker.acknowledge(group, batch)
  }
})

/** What a relay cannot say, in words. */
const lettersOf = Effect.fnUntraced(function* ({ consumer, handler }: HandlerStatus) {
  const found = yield* (yield* DeadLetters).list({ consumer, limit: 1000 })
  return found.map(
    ({ eventType, failure }) => `${handler}: ${eventType}: ${failure?.message ?? "waits behind another"}`
  )
})

const layer = HandlerRunner.layer<Effect.Services<Relay>>(Object.values(relays)).pipe(
  Layer.provideMerge(Layer.mergeAll(readSideInMemory, ConsumerRegistry.layer, Subscriptions.layer)),
  Layer.provideMerge(Layer.merge(eventsInMemory, MessageBrokerMemory.layerMemory())),
  Layer.fresh
)

/** Runs the relays over these streams; answers what they have said, and how they are doing. On the test clock. */
export const relayed = (streams: ReadonlyArray<StoredStream>) =>
  Effect.gen(function* () {
    yield* Effect.forEach(streams, append, { discard: true })
    yield* pass(10)
    const statuses = yield* (yield* HandlerRunner).statuses
    const messages = yield* Effect.forEach(languages, ({ context }) => received(context))
    const letters = yield* Effect.forEach(statuses, lettersOf)
    return { statuses, letters: letters.flat(), messages: messages.flat() }
  }).pipe(Effect.provide(layer))

/** The types of published messages that are not among these. */
export const unsaid = (messages: ReadonlyArray<CloudEvent.CloudEvent>): ReadonlyArray<string> => {
  const said = new Set(messages.map(({ type }) => type))
  return languages.flatMap((language) => language.messages.map(({ type }) => type)).filter((type) => !said.has(type))
}
