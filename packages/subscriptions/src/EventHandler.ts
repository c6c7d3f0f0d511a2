/**
 * An event handler: an effect for each event of some kinds, such as a mail to send or a command to dispatch.
 *
 * Guarantees: events of one partition are handled one after another, in order; those of others at the same time, up to a
 * bound. A failure that may pass is tried again with growing waits, then becomes a dead letter; one that stays is
 * compensated where the handler says how, and becomes a dead letter at once where it does not. Behind a dead letter its
 * partition queues, and no other.
 *
 * How often an event is handled is for the handler to choose. `at-least-once`: its effects may be repeated after a crash,
 * so they must bear that: pass the id of the event on, and let the other side know it again. `in-transaction`: what it
 * stores is stored exactly once, in the transaction that moves the checkpoint; it must have no other effects.
 * `together` is for handing on much: see `TogetherHandler`.
 */
import type { Decider, DomainEvent } from "@eventfold/decider"
import { Projection } from "@eventfold/decider"
import {
  EventCodec,
  type EventNotDecodable,
  type EventStoreFailure,
  type RecordedEvent,
  type Transaction
} from "@eventfold/event-store"
import { Cause, Effect, Predicate, Result } from "effect"
import { HandlerFailed } from "./ConsumerWork.ts"
import type { HeldPartition, LetterFailure } from "./DeadLetters.ts"
import { ofStream } from "./DecodedEvents.ts"
import * as HandlerOptions from "./HandlerOptions.ts"
import * as Quotable from "./Quotable.ts"

/** What is needed to declare an event handler. */
export interface Declaration<Event extends DomainEvent.DomainEvent, E, R> {
  /** 1 to 48 lower-case letters, digits, `_` and `-`. A storage format: under another name it begins anew. */
  readonly name: string
  /** The events it wants. */
  readonly events: Decider.EventUnion<Event>
  readonly handle: (event: Event, recorded: RecordedEvent) => Effect.Effect<void, E, R>
  /** What is handled in order. The stream when left out. Within a tenant. */
  readonly partitionBy?: (event: Event, recorded: RecordedEvent) => string
  /** Whether trying again can help. When left out: what an error says as `retryable`, and `transient` if it says nothing. */
  readonly classify?: (error: E) => LetterFailure["kind"]
  /** Comes in the place of a dead letter when a failure is permanent. What it fails with is treated like a failure itself. */
  readonly compensate?: (event: Event, recorded: RecordedEvent, error: E) => Effect.Effect<void, E, R>
  /** Default: `at-least-once`. */
  readonly delivery?: Exclude<HandlerOptions.DeliveryKind, "together">
  readonly options?: HandlerOptions.HandlerOptions
}

/** An event on its way to a handler, in its partition. */
export interface Delivery extends HeldPartition {
  readonly recorded: RecordedEvent
  /** Handles it once, or compensates; inside `transaction` each of both is taken back by itself when it fails. */
  readonly attempt: Result.Result<
    (transaction: Transaction["Service"] | undefined) => Effect.Effect<void, HandlerFailed>,
    EventNotDecodable
  >
}

/** A batch of a handler that says what each event means, and hands what was said on together. */
export interface TogetherBatch {
  /** In the order of the events. To attempt one is to say what it means. */
  readonly deliveries: ReadonlyArray<Delivery>
  /** These positions, in parts that fit into one {@link flush} each. What nothing was said of is in none. */
  parts(positions: ReadonlyArray<number>): ReadonlyArray<ReadonlyArray<number>>
  /** Hands on what was said of the events at these positions. `permanent`: one of them, or whatever it is given, is refused. */
  flush(positions: ReadonlyArray<number>): Effect.Effect<void, HandlerFailed>
}

/** A handler with what it takes to run it. */
export interface ManagedHandler {
  readonly name: string
  readonly consumer: string
  readonly eventTypes: ReadonlyArray<string>
  readonly delivery: HandlerOptions.DeliveryKind
  readonly options: HandlerOptions.CompleteOptions
  /** Of a handler that works `together`: what it does with a batch. */
  readonly together?: (events: ReadonlyArray<RecordedEvent>) => Effect.Effect<TogetherBatch, EventStoreFailure>
  decode(events: ReadonlyArray<RecordedEvent>): Effect.Effect<ReadonlyArray<Delivery>, EventStoreFailure>
  show(event: RecordedEvent): Effect.Effect<RecordedEvent["data"], EventStoreFailure>
  quotable(eventType: string): boolean
}

/**
 * Makes a handler ready to be run, with the services it needs.
 *
 * @throws HandlerNotUsable as a defect when the name or an option breaks its rule.
 */
export const make = <Event extends DomainEvent.DomainEvent, E, R>(
  declaration: Declaration<Event, E, R>
): Effect.Effect<ManagedHandler, never, R> => {
  // Made once, however often the handler is made ready.
  let made: EventCodec.EventCodec<Event> | undefined
  return Effect.contextWith((context) =>
    Effect.sync(() => {
      made ??= EventCodec.make(declaration.events)
      return managed(declaration, made, (effect) => Effect.provide(effect, context))
    })
  )
}

type Provide<R> = <A, E>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E>

const managed = <Event extends DomainEvent.DomainEvent, E, R>(
  {
    classify = kindOf,
    compensate,
    delivery = "at-least-once",
    events,
    handle,
    name,
    ...rest
  }: Declaration<Event, E, R>,
  codec: EventCodec.EventCodec<Event>,
  provide: Provide<R>
): ManagedHandler => {
  const options = HandlerOptions.complete(name, delivery, rest.options)

  /** Bounded in time, and inside the transaction taken back by itself. */
  const bounded = <Error>(effect: Effect.Effect<void, Error, R>, transaction: Transaction["Service"] | undefined) =>
    (transaction === undefined ? provide(effect) : transaction.run(provide(effect))).pipe(
      Effect.timeout(options.timeLimit)
    )
  const attempt =
    ({ event, recorded }: EventCodec.DecodedEvent<Event>) =>
    (transaction: Transaction["Service"] | undefined) => {
      const failed = (error: E): Effect.Effect<void, unknown> => {
        const kind = classify(error)
        return kind === "permanent" && compensate !== undefined
          ? bounded(
              Effect.mapError(
                Effect.suspend(() => compensate(event, recorded, error)),
                (again) => new HandlerFailed(classify(again), again)
              ),
              transaction
            )
          : Effect.fail(new HandlerFailed(kind, error))
      }
      const once = Effect.mapError(
        Effect.suspend(() => handle(event, recorded)),
        (error) => new Refused(error)
      )
      return tried(
        Effect.catchIf(
          bounded(once, transaction),
          (error): error is Refused<E> => error instanceof Refused,
          ({ error }) => failed(error)
        )
      )
    }
  return {
    name,
    consumer: `handler:${name}`,
    eventTypes: Array.from(codec.types.keys()),
    delivery,
    options,
    decode: (recorded) =>
      Effect.map(codec.decodeEach(recorded), (decoded) =>
        recorded.flatMap((one, index): ReadonlyArray<Delivery> => {
          const result = decoded[index]
          if (result === undefined) return []
          const partition = Result.isSuccess(result) ? partitionOf(rest.partitionBy, result.success) : ofStream(one)
          return [{ recorded: one, ...partition, attempt: Result.map(result, attempt) }]
        })
      ),
    show: (event) => Effect.map(codec.show([event]), ([data = null]) => data),
    quotable: Quotable.among(events.members)
  }
}

/** What the handler itself has failed with: not to be taken for a failure of the transaction around it. */
class Refused<E> {
  readonly error: E
  constructor(error: E) {
    this.error = error
  }
}

/** Fails with what the failure means. */
export const tried = <A>(effect: Effect.Effect<A, unknown>): Effect.Effect<A, HandlerFailed> =>
  Effect.catchCause(effect, (cause) => {
    const error = Cause.squash(cause)
    if (error instanceof HandlerFailed) return Effect.fail(error)
    // An interruption that comes here is none of this fiber: something the handler runs was ended.
    const kind = Cause.hasFails(cause) ? kindOf(error) : Cause.hasInterruptsOnly(cause) ? "transient" : "permanent"
    return Effect.fail(new HandlerFailed(kind, error))
  })

/** The partition of an event: that of its stream where the handler does not say, or fails to. */
export const partitionOf = <Event>(
  partitionBy: ((event: Event, recorded: RecordedEvent) => string) | undefined,
  { event, recorded }: EventCodec.DecodedEvent<Event>
): HeldPartition => {
  const ofItsStream = () => Projection.streamPartition(recorded.stream)
  const partition = Result.try(() => partitionBy?.(event, recorded) ?? ofItsStream())
  return { tenant: recorded.stream.tenant, partition: Result.getOrElse(partition, ofItsStream) }
}

/** What an error says of itself. */
export const kindOf = (error: unknown): LetterFailure["kind"] =>
  Predicate.hasProperty(error, "retryable") && error.retryable === false ? "permanent" : "transient"
