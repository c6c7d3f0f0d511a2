/**
 * Runs the commands of one kind of aggregate that is kept as a document: read it, decide, keep it, tell what happened.
 *
 * The decider is the same value that `CommandHandler` of the event store takes. Here its state is not folded from its stream:
 * it is a document, and the events are what others are told. Both are stored in one transaction, so nothing is told that is not
 * so, and nothing becomes so without being told. The version of the document is that of its last event.
 *
 * A state that equals the initial one is no document: the one there was is taken away. A version conflict is decided again
 * from what is there by then, unless the caller expects a version. A decision without events changes nothing.
 *
 * Gotchas: documents are kept in clear, so nothing of a state may be personal. They are no part of an exported store:
 * {@link DocumentHandler.restore} makes them of its log.
 */
import { Decider, type DomainEvent, Personal } from "@eventfold/decider"
import {
  EventCodec,
  EventId,
  type EventMetadata,
  EventStore,
  EventStoreFailure,
  ExpectedVersion,
  InvalidAppend,
  type StreamId,
  Transaction,
  VersionConflict
} from "@eventfold/event-store"
import { type CommandFailure, type HandleOptions, TooManyConflicts } from "@eventfold/event-store/CommandHandler"
import { Clock, Effect, Equal, Schedule, Schema, Stream } from "effect"
import { type DocumentPage, Documents, type InvalidDocument } from "./Documents.ts"

/** A state and the version of the last event about it; the initial state and 0 when there was never one. */
export interface Known<State> {
  readonly id: string
  readonly state: State
  readonly version: number
}

/** What handling needs. */
export type Services = Documents | EventStore | Transaction

/** Loads and commands the documents of one decider. */
export interface DocumentHandler<State, Command, Event, Refusal> {
  readonly handle: (
    stream: StreamId.StreamId,
    command: Command,
    options?: HandleOptions
  ) => Effect.Effect<Known<State> & { readonly events: ReadonlyArray<Event> }, Refusal | CommandFailure, Services>
  /** What is known of some, by their ids: of all that are asked for. */
  readonly find: (
    tenant: string,
    ids: ReadonlyArray<string>
  ) => Effect.Effect<ReadonlyMap<string, Known<State>>, EventStoreFailure, Documents>
  /** A page of those that are there, in the order of their ids. */
  readonly list: (
    page: Omit<DocumentPage, "category">
  ) => Effect.Effect<ReadonlyArray<Known<State>>, EventStoreFailure, Documents>
  /**
   * Makes the documents of a tenant anew from what the log tells of them, if there are none: after the import of a store.
   * Answers how many. All of them or none are there afterwards.
   */
  readonly restore: (tenant: string) => Effect.Effect<number, CommandFailure, Services>
}

/** How often a command is decided again after a version conflict. */
const attempts = 10
const backOff = Schedule.min([Schedule.exponential(5), Schedule.spaced("500 millis")]).pipe(
  Schedule.jittered,
  Schedule.upTo({ times: attempts - 1 })
)

/**
 * Builds the handler of a decider.
 *
 * @throws RangeError when something of its state is personal: a mistake of the program, found where it is built.
 */
export const make = <State, Command, Event extends DomainEvent.DomainEvent, Refusal>(
  decider: Decider.Decider<State, Command, Event, Refusal>
): DocumentHandler<State, Command, Event, Refusal> => {
  const { category, initial } = decider
  if (Personal.isIn(decider.State))
    throw new RangeError(`documents of ${category} are kept in clear: nothing may be personal`)
  const codec = EventCodec.make(decider.Event)
  const content = Schema.toCodecJson(decider.State)
  const encode = (state: State) =>
    Equal.equals(state, initial)
      ? Effect.succeed({})
      : Effect.map(Schema.encodeEffect(content)(state), (json) => ({ content: json }))
  const decode = (found: { readonly id: string; readonly version: number; readonly content?: Schema.Json }) =>
    found.content === undefined
      ? Effect.succeed({ id: found.id, version: found.version, state: initial })
      : Effect.mapBoth(Schema.decodeUnknownEffect(content)(found.content), {
          onFailure: notReadable(category, found.id),
          onSuccess: (state) => ({ id: found.id, version: found.version, state })
        })

  const find = Effect.fnUntraced(function* (tenant: string, ids: ReadonlyArray<string>) {
    const documents = yield* Documents
    const found = yield* Effect.forEach(yield* documents.find({ tenant, category }, ids), decode)
    const known = new Map<string, Known<State>>(ids.map((id) => [id, { id, state: initial, version: 0 }]))
    for (const one of found) known.set(one.id, one)
    return known
  })

  const list = Effect.fnUntraced(function* (page: Omit<DocumentPage, "category">) {
    const documents = yield* Documents
    return yield* Effect.forEach(yield* documents.list({ ...page, category }), decode)
  })

  const keep = Effect.fnUntraced(function* (
    stream: StreamId.StreamId,
    state: State,
    expected: number,
    version: number
  ) {
    const documents = yield* Documents
    const json = yield* Effect.mapError(encode(state), notReadable(category, stream.id))
    yield* Effect.catchTag(documents.put({ stream, ...json, expected, version }), "InvalidDocument", asInvalidAppend)
  })

  /** Decides once on what is there. */
  const decide = Effect.fnUntraced(function* (stream: StreamId.StreamId, command: Command, options: HandleOptions) {
    const known = (yield* find(stream.tenant, [stream.id])).get(stream.id) ?? { state: initial, version: 0 }
    const { expectedVersion, metadata = {} } = options
    if (expectedVersion !== undefined && expectedVersion !== known.version) {
      const expected = ExpectedVersion.at(expectedVersion)
      return yield* new VersionConflict({ stream, expected, actual: known.version })
    }
    const { events, state } = yield* Effect.fromResult(Decider.decide(decider, command, known.state))
    const version = known.version + events.length
    if (events.length > 0) {
      // The document first: whoever else writes it waits here, and the stream is never contended.
      yield* keep(stream, state, known.version, version)
      yield* tell(stream, known.version, events, metadata)
    }
    return { id: stream.id, state, version, events }
  })

  const tell = Effect.fnUntraced(function* (
    stream: StreamId.StreamId,
    version: number,
    events: ReadonlyArray<Event>,
    metadata: EventMetadata
  ) {
    const [store, now] = [yield* EventStore, yield* Clock.currentTimeMillis]
    const encoded = yield* codec.encode(events, stream.tenant)
    yield* store.append(
      stream,
      ExpectedVersion.at(version),
      encoded.map((event) => ({ ...event, id: EventId.make(now), metadata }))
    )
  })

  const restoreOne = Effect.fnUntraced(function* (stream: StreamId.StreamId, version: number) {
    const store = yield* EventStore
    const events = yield* codec.decode(yield* Stream.runCollect(store.read(stream)))
    // Of one that was taken away its version is still there.
    yield* Effect.catchTag(
      keep(stream, Decider.fold(decider, events, initial), 0, version),
      "VersionConflict",
      () => Effect.void
    )
  })

  return {
    find,
    list,
    handle: Effect.fnUntraced(function* (stream, command, options = {}) {
      const transaction = yield* Transaction
      const once = transaction.run(decide(stream, command, options))
      if (options.expectedVersion !== undefined) return yield* once
      return yield* once.pipe(
        Effect.retry({ schedule: backOff, while: (error) => error instanceof VersionConflict }),
        Effect.mapError((error) =>
          error instanceof VersionConflict ? new TooManyConflicts({ stream, attempts }) : error
        )
      )
    }),
    restore: Effect.fnUntraced(function* (tenant) {
      const [store, transaction] = [yield* EventStore, yield* Transaction]
      return yield* transaction.run(
        Effect.gen(function* () {
          if ((yield* list({ tenant, limit: 1 })).length > 0) return 0
          let [restored, page] = [0, yield* store.readStreams({ tenant, category, limit: 500 })]
          while (page.length > 0) {
            yield* Effect.forEach(page, ({ stream, version }) => restoreOne(stream, version), { discard: true })
            restored += page.length
            const after = page.at(-1)?.stream.id ?? ""
            page = yield* store.readStreams({ tenant, category, after, limit: 500 })
          }
          return restored
        })
      )
    })
  }
}

const asInvalidAppend = ({ field, rule }: InvalidDocument) => Effect.fail(new InvalidAppend({ field, rule }))

const notReadable = (category: string, id: string) => (cause: Schema.SchemaError) =>
  new EventStoreFailure({
    operation: "Documents",
    retryable: false,
    detail: `the document ${category}/${id} does not fit its schema`,
    cause
  })
