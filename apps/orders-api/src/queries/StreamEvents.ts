/**
 * The events of one stream, as the services that answer from streams read them: in the order of versions, decoded, a page at
 * a time.
 *
 * Something told without one of its events would be told wrongly. So an event that cannot be decoded is a defect: the
 * request ends in a 500, and the log says why. A store that fails meanwhile, where keys and repairs are kept too, is worth
 * another try.
 */
import type { DomainEvent } from "@eventfold/decider"
import { type EventCodec, EventStore, History, ReadModelFailure, type StreamId } from "@eventfold/event-store"
import { Array, type DateTime, Effect, Stream } from "effect"

/** A decoded event, and what the store says of it. */
export type Told<Event> = EventCodec.DecodedEvent<Event>

/** The failure of a read model with that name, or the end of the fiber, for whatever a stream cannot be read for. */
export const failedAs =
  (readModel: string) =>
  (problem: History.HistoryError): Effect.Effect<never, ReadModelFailure> =>
    problem._tag === "EventStoreFailure"
      ? Effect.fail(new ReadModelFailure({ readModel, cause: problem }))
      : // A period that ends before it begins has been refused where it came from.
        Effect.die(problem)

/** What reads the events of a stream, as of now or of a point in the past; `readModel` is the name its failures have. */
export const reader = Effect.fnUntraced(function* <Event extends DomainEvent.DomainEvent>(
  codec: EventCodec.EventCodec<Event>,
  readModel: string
) {
  const store = yield* EventStore
  const failed = failedAs(readModel)
  return (
    stream: StreamId.StreamId,
    asOf: History.HistoryPoint = History.latest
  ): Stream.Stream<Told<Event>, ReadModelFailure> =>
    History.eventsAsOf(stream, asOf).pipe(
      Stream.provideService(EventStore, store),
      Stream.chunks,
      Stream.mapEffect((page) =>
        Effect.map(codec.decode(page), (events) =>
          Array.zipWith(events, page, (event, recorded) => ({ event, recorded }))
        )
      ),
      Stream.catch((problem) => Stream.fromEffect(failed(problem))),
      Stream.flattenIterable
    )
})

/** A status that was reached, and when. */
export interface Milestone<Status> {
  readonly status: Status
  readonly occurredAt: DateTime.Utc
  readonly recordedAt: DateTime.Utc
  readonly version: number
}

/** Something that has a status, after its events: its state and version, and the statuses it reached, the first one first. */
export const followed = <State extends { readonly status: string }, Event>(
  { evolve, initial }: { readonly initial: State; readonly evolve: (state: State, event: Event) => State },
  told: ReadonlyArray<Told<Event>>
) => {
  let [state, version] = [initial, 0]
  const timeline: globalThis.Array<Milestone<Exclude<State["status"], "none">>> = []
  for (const { event, recorded } of told) {
    const before = state.status
    state = evolve(state, event)
    version = recorded.version
    const status: State["status"] = state.status
    const { occurredAt, recordedAt } = recorded
    if (isReached(status) && status !== before) timeline.push({ status, occurredAt, recordedAt, version })
  }
  return { state, version, timeline }
}

const isReached = <Status extends string>(status: Status): status is Exclude<Status, "none"> => status !== "none"
