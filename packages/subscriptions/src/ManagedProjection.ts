/**
 * A projection with what it takes to run it: how its events are decoded, where its rows go, how it is paced.
 *
 * It hides the types of events and rows, so that projections of many kinds are run, built anew and asked about alike.
 *
 * Guarantees of a batch: what cannot be decoded or folded changes nothing and is answered as left over, together with the
 * later events of its partition; everything else is folded and written as the laws of `Projection` say.
 */
import { type DomainEvent, Projection } from "@eventfold/decider"
import { EventCodec, type EventStoreFailure, type RecordedEvent, Sealer, type StreamId } from "@eventfold/event-store"
import { fingerprint as digest } from "@eventfold/event-store/Fingerprint"
import { Effect, Option, Result } from "effect"
import * as DatedRows from "./DatedRows.ts"
import type { FoldFailure, InSlice } from "./ConsumerWork.ts"
import type { HeldPartition, LetterFailure } from "./DeadLetters.ts"
import { foreseeing, type Foreseeing } from "./ForeseenRows.ts"
import * as Quotable from "./Quotable.ts"
import * as ProjectionOptions from "./ProjectionOptions.ts"
import { type Decoded, ofStream, separate } from "./DecodedEvents.ts"
import { type AnyReadModel, type Generation, ReadModelStore, type Table } from "./ReadModelStore.ts"
import { rowsFingerprint } from "./RowsFingerprint.ts"

/** An event that was not folded, and why; without an error when it stands behind one in its partition. */
export interface LeftOver extends HeldPartition {
  readonly recorded: RecordedEvent
  readonly error: Option.Option<unknown>
  /** Whether trying again could help. `permanent` when left out. */
  readonly kind?: LetterFailure["kind"]
}

/** What a batch did. */
export interface BatchOutcome {
  readonly leftOver: ReadonlyArray<LeftOver>
  /** The ids (`ReadModel.idOf`) of the rows that were changed. */
  readonly changed: ReadonlyArray<string>
}

/** Events that are decoded, or known not to be decodable. */
export interface PreparedBatch {
  /** The partitions they are in: ask which of them are held. */
  readonly partitions: ReadonlyArray<HeldPartition>
  /**
   * Loads the rows, folds, and writes them, in the transaction that is open. It fails when the store does. Events of
   * `held` partitions are left over.
   */
  fold(
    generation: number,
    held: ReadonlyArray<HeldPartition>
  ): Effect.Effect<BatchOutcome, EventStoreFailure | Projection.CountTooLarge, ReadModelStore>
}

/** A projection with what it takes to run it. */
export interface ManagedProjection {
  /** That of its read model. */
  readonly name: string
  /** The read model it is asked for, then those it keeps for itself. */
  readonly readModels: readonly [AnyReadModel, ...ReadonlyArray<AnyReadModel>]
  /** The names of the events it wants. */
  readonly eventTypes: ReadonlyArray<string>
  readonly options: ProjectionOptions.CompleteOptions
  /** Whether its events are given to it with what is personal in them. */
  readonly readsPersonal: boolean
  /** Whether its events can be dealt with in any order: it does nothing but increment, and remembers nothing. */
  readonly anyOrder: boolean
  /** How its rows can be built anew from a day on; undefined when they cannot. */
  readonly dated: DatedRows.DatedRows | undefined
  /** All that decides which rows it makes, and all that decides what they look like: digests. */
  readonly fingerprints: Effect.Effect<Pick<Generation, "fingerprint" | "rowsFingerprint">>
  /**
   * Decodes events, in the order of the log, and keeps those of the partitions that `inSlice` wants: all when it is left
   * out. What cannot be decoded is kept whatever it wants: each slice must know which streams are held back.
   * Fails when what decoding needs, such as keys, cannot be had.
   */
  prepare(events: ReadonlyArray<RecordedEvent>, inSlice?: InSlice): Effect.Effect<PreparedBatch, EventStoreFailure>
  /** What is known of its rows before events are stored; undefined when nothing ever is. */
  readonly foresee: Foreseeing | undefined
  /** The partition of an event; that of its stream where it cannot be told. */
  partitionOf(event: RecordedEvent): Effect.Effect<HeldPartition, EventStoreFailure>
  /** The data of an event for people, personal values included or redacted; not to be stored. */
  show(event: RecordedEvent): Effect.Effect<EventForPeople, EventStoreFailure>
  /**
   * Deletes the row of a stream, in the transaction that is open. Undefined when rows do not belong to one stream each.
   */
  readonly clear:
    | ((generation: number, stream: StreamId.StreamId) => Effect.Effect<void, FoldFailure, ReadModelStore>)
    | undefined
  /** Whether what an error says of an event of this name can be kept: no version of it has room for personal values. */
  quotable(eventType: string): boolean
}

type EventForPeople = RecordedEvent["data"]

/**
 * Makes a projection ready to be run.
 *
 * @throws ProjectionNotUsable when it is to run inline and cannot, and when an option is out of its range.
 */
export const make = <
  Event extends DomainEvent.DomainEvent,
  Row extends object,
  Key extends keyof Row & string,
  Counter extends Projection.NumberField<Row>
>(
  projection: Projection.Projection<Event, Row, Key, Counter>,
  given: ProjectionOptions.ProjectionOptions = {}
): ManagedProjection => {
  const { readModel } = projection
  const { name } = readModel
  const options = ProjectionOptions.complete(name, given)
  const inline = options.mode === "inline" ? Projection.inlineProblem(projection) : undefined
  if (inline !== undefined) {
    throw new Projection.ProjectionNotUsable({ projection: name, field: "mode", rule: `must not be inline: ${inline}` })
  }
  const codec = EventCodec.make(projection.events)
  const decode = (events: ReadonlyArray<RecordedEvent>) =>
    projection.readsPersonal
      ? codec.decodeEach(events)
      : Effect.provideService(codec.decodeEach(events), Sealer.Current, Sealer.blind)
  const { memory } = projection
  const [keysOf, fold] = [Projection.keysOf(projection), Projection.foldBatch(projection)]
  const memoryKeysOf = Projection.memoryKeysOf(projection)
  /** Whether each row is of one stream, and so is not there before the first event of that is folded. */
  const ownRows = typeof projection.keys !== "function"
  const partitionOf = ({ event, recorded }: EventCodec.DecodedEvent<Event>): HeldPartition => ({
    tenant: recorded.stream.tenant,
    partition: Result.getOrElse(
      Result.try(() => projection.partitionBy(event, recorded)),
      () => Projection.streamPartition(recorded.stream)
    )
  })
  const decodedPartition = (one: Decoded<Event>, recorded: RecordedEvent) =>
    Result.isSuccess(one) ? partitionOf(one.success) : ofStream(recorded)

  return {
    name,
    readModels: memory === undefined ? [readModel] : [readModel, memory.readModel],
    eventTypes: Projection.eventTypes(projection),
    options,
    readsPersonal: projection.readsPersonal,
    anyOrder: projection.incrementsOnly && memory === undefined,
    dated: DatedRows.of(projection),
    fingerprints: once(
      Effect.all({
        fingerprint: digest([Projection.fingerprint(projection), ProjectionOptions.fingerprint(options)]),
        rowsFingerprint: rowsFingerprint(readModel)
      })
    ),
    clear: clearing(projection),
    foresee: foreseeing(projection, codec),
    quotable: Quotable.among(projection.events.members),
    prepare: Effect.fnUntraced(function* (events, inSlice) {
      const decoded = yield* decode(events)
      const { foldable: readable, unreadable } = separate(events, decoded)
      const foldable = inSlice === undefined ? readable : readable.filter((one) => inSlice(partitionOf(one)))
      const among = (): ReadonlyArray<HeldPartition> => {
        const partitions = new Map<string, HeldPartition>()
        for (const [index, recorded] of events.entries()) {
          const one = decoded[index]
          for (const partition of one === undefined ? [] : [decodedPartition(one, recorded), ofStream(recorded)]) {
            partitions.set(JSON.stringify([partition.tenant, partition.partition]), partition)
          }
        }
        return Array.from(partitions.values())
      }
      let partitions: ReadonlyArray<HeldPartition> | undefined
      return {
        // Hardly ever asked for: only where there are letters.
        get partitions() {
          return (partitions ??= among())
        },
        fold: Effect.fnUntraced(function* (generation, held) {
          const store = yield* ReadModelStore
          const table = { readModel, generation }
          const asked = foldable.filter(isOld(foldable))
          const rows = yield* loaded(table, keysOf(ownRows ? asked : foldable))
          const remembered = memory && { readModel: memory.readModel, generation }
          const before = remembered && (yield* loaded(remembered, memoryKeysOf(asked)))
          const { changes, memory: memos, parked } = fold(rows, foldable, held, before)
          // Rows of one stream before rows that many share: whoever waits for a shared one holds nothing they need.
          if (remembered !== undefined && memos.length > 0) yield* store.apply(remembered, memos)
          if (changes.length > 0) yield* store.apply(table, changes)
          const byPosition = new Map(parked.length === 0 ? [] : events.map((event) => [event.position, event]))
          const leftOver = parked.flatMap(({ failure, leftOver: left, partition, tenant }) =>
            left.flatMap((happened, index): ReadonlyArray<LeftOver> => {
              const recorded = byPosition.get(happened.recorded.position)
              const error = index === 0 ? failure : Option.none()
              return recorded === undefined ? [] : [{ recorded, tenant, partition, error }]
            })
          )
          return {
            leftOver: [...leftOver, ...unreadable].toSorted((a, b) => a.recorded.position - b.recorded.position),
            changed: changes.map(({ id }) => id)
          }
        })
      }
    }),
    partitionOf: (event) =>
      Effect.map(decode([event]), ([one]) => (one === undefined ? ofStream(event) : decodedPartition(one, event))),
    show: (event) => Effect.map(codec.show([event]), ([data = null]) => data)
  }
}

/** Whether the stream of an event does not begin in this batch, so that there can be a row of it. */
const isOld = <Event>(batch: ReadonlyArray<EventCodec.DecodedEvent<Event>>) => {
  const begun = new Map<string, Array<StreamId.StreamId>>()
  for (const { recorded } of batch) {
    if (recorded.version !== 1) continue
    const others = begun.get(recorded.stream.id)
    if (others === undefined) begun.set(recorded.stream.id, [recorded.stream])
    else others.push(recorded.stream)
  }
  return ({ recorded: { stream } }: EventCodec.DecodedEvent<Event>) =>
    begun.get(stream.id)?.some((one) => one.tenant === stream.tenant && one.category === stream.category) !== true
}

/** How the row of a stream is deleted, where it has one of its own. */
const clearing = <
  Event extends DomainEvent.DomainEvent,
  Row extends object,
  Key extends keyof Row & string,
  Counter extends Projection.NumberField<Row>
>({
  keys,
  memory,
  readModel
}: Projection.Projection<Event, Row, Key, Counter>): ManagedProjection["clear"] =>
  typeof keys === "function" || memory !== undefined
    ? undefined
    : Effect.fnUntraced(function* (generation, { category, id: streamId, tenant }) {
        if (category !== keys.category) return
        const key = readModel.keyFrom({ [keys.field]: streamId })
        const change = { _tag: "Delete" as const, tenant, key, id: readModel.idOf(tenant, key) }
        yield* (yield* ReadModelStore).apply({ readModel, generation }, [change])
      })

const loaded = <Row extends object, Key extends keyof Row & string>(
  table: Table<Row, Key>,
  keys: ReadonlyArray<Projection.Located<Pick<Row, Key>>>
): Effect.Effect<Projection.Rows<Row>, EventStoreFailure, ReadModelStore> =>
  keys.length === 0 ? Effect.succeed(new Map()) : Effect.flatMap(ReadModelStore, (store) => store.load(table, keys))

/** The same answer each time, found out the first time it is asked for. */
const once = <A>(effect: Effect.Effect<A>): Effect.Effect<A> => {
  let found: A | undefined
  return Effect.suspend(() =>
    found === undefined ? Effect.tap(effect, (answer) => Effect.sync(() => (found = answer))) : Effect.succeed(found)
  )
}
