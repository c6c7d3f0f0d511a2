/**
 * An event handler that hands on much, such as the relay of a context: it says what each event means, and what was said of
 * a whole batch is handed on together, in the order of the events. So a thousand events cost a call or a few.
 *
 * Guarantees: those of an event handler that is delivered to at least once, but for this: while what it hands on to is away
 * it waits, with waits that grow to a limit, and its status says so. Nothing becomes a dead letter meanwhile. One event
 * that is refused is found by halving what it was handed on with, and holds its partition back and nothing else.
 *
 * Gotchas: after a crash a batch is handed on again: what is said must be known again on the other side. What is said of
 * the next batch is asked for while this one is handed on, unless an event may hold personal values.
 */
import type { Decider, DomainEvent } from "@eventfold/decider"
import { EventCodec, type RecordedEvent } from "@eventfold/event-store"
import { Context, Duration, Effect, Exit, Result } from "effect"
import { HandlerFailed } from "./ConsumerWork.ts"
import type { LetterFailure } from "./DeadLetters.ts"
import { ofStream } from "./DecodedEvents.ts"
import { type Delivery, kindOf, type ManagedHandler, partitionOf, type TogetherBatch, tried } from "./EventHandler.ts"
import * as HandlerOptions from "./HandlerOptions.ts"
import { inTime } from "./InTime.ts"
import * as Quotable from "./Quotable.ts"

/** What is needed to declare such a handler. */
export interface Declaration<Event extends DomainEvent.DomainEvent, Message, E, R> {
  /** 1 to 48 lower-case letters, digits, `_` and `-`. A storage format: under another name it begins anew. */
  readonly name: string
  /** The events it wants. */
  readonly events: Decider.EventUnion<Event>
  /** What an event means: some messages, or none. It may ask for what the event does not say, and changes nothing. */
  readonly say: (event: Event, recorded: RecordedEvent) => Effect.Effect<ReadonlyArray<Message>, E, R>
  /** Hands messages on, all or none. It fails as `permanent` when one of them is refused, else it is away. */
  readonly flush: (messages: ReadonlyArray<Message>) => Effect.Effect<unknown, E, R>
  /** The most messages of one flush: 1 to 10,000. Those of one event are always in one. */
  readonly most: number
  /** What is handed on in order. The stream when left out. Within a tenant. */
  readonly partitionBy?: (event: Event, recorded: RecordedEvent) => string
  /** Whether trying again can help. When left out: what an error says as `retryable`, and `transient` if it says nothing. */
  readonly classify?: (error: E) => LetterFailure["kind"]
  /** Default: batches of 100, of 1,000 while there is much to catch up with, and a look at the log at least every 5 s. */
  readonly options?: HandlerOptions.HandlerOptions
}

/**
 * Makes a handler ready to be run, with the services it needs.
 *
 * @throws HandlerNotUsable as a defect when the name or an option breaks its rule.
 */
export const make = <Event extends DomainEvent.DomainEvent, Message, E, R>(
  declaration: Declaration<Event, Message, E, R>
): Effect.Effect<ManagedHandler, never, R> => {
  // Made once, however often the handler is made ready.
  let made: EventCodec.EventCodec<Event> | undefined
  return Effect.contextWith((context: Context.Context<R>) =>
    Effect.sync(() => {
      made ??= EventCodec.make(declaration.events)
      return managed<Event, Message, E, R>(declaration, made, providing(context))
    })
  )
}

/** Adds services to those of a fiber. Thousands of effects are given them in one context, so it is made once. */
const providing = <R>(context: Context.Context<R>) => {
  let [before, after]: [Context.Context<never>, Context.Context<R>] = [Context.empty(), context]
  return <A, E>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E> =>
    Effect.updateContext(effect, (current: Context.Context<never>) => {
      if (current !== before) [before, after] = [current, Context.merge(current, context)]
      return after
    })
}

const managed = <Event extends DomainEvent.DomainEvent, Message, E, R>(
  declaration: Declaration<Event, Message, E, R>,
  codec: EventCodec.EventCodec<Event>,
  provide: <A>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E>
): ManagedHandler => {
  const { classify = kindOf, events, flush, most, name, partitionBy, say } = declaration
  const options = HandlerOptions.complete(name, "together", declaration.options)
  if (!Number.isSafeInteger(most) || most < 1 || most > 10_000) {
    throw new HandlerOptions.HandlerNotUsable({
      handler: name,
      field: "most",
      rule: "must be a whole number from 1 to 10000"
    })
  }
  const limit = Duration.fromInputUnsafe(options.timeLimit)
  const bounded = <A>(effect: Effect.Effect<A, E, R>) =>
    tried(
      inTime(
        Effect.mapError(provide(effect), (error) => new HandlerFailed(classify(error), error)),
        limit
      )
    )

  /** The deliveries of events; what is said is noted by position. */
  const deliveriesOf = (recorded: ReadonlyArray<RecordedEvent>, said: Map<number, ReadonlyArray<Message>>) => {
    const note =
      (position: number) =>
      (messages: ReadonlyArray<Message>): Effect.Effect<void, HandlerFailed> => {
        if (messages.length > most) return Effect.fail(new HandlerFailed("permanent", new TooMuchSaid(most)))
        said.set(position, messages)
        return Effect.void
      }
    const attempt =
      ({ event, recorded: one }: EventCodec.DecodedEvent<Event>) =>
      (): Effect.Effect<void, HandlerFailed> => {
        const called = Result.try(() => say(event, one))
        if (Result.isFailure(called)) return tried(Effect.die(called.failure))
        // What is there at once has nothing to be bounded in time or provided.
        return isThere(called.success)
          ? note(one.position)(called.success.value)
          : Effect.flatMap(bounded(called.success), note(one.position))
      }
    return Effect.map(codec.decodeEach(recorded), (decoded) =>
      recorded.flatMap((one, index): ReadonlyArray<Delivery> => {
        const result = decoded[index]
        if (result === undefined) return []
        const partition = Result.isSuccess(result) ? partitionOf(partitionBy, result.success) : ofStream(one)
        return [{ recorded: one, ...partition, attempt: Result.map(result, attempt) }]
      })
    )
  }

  const together = Effect.fnUntraced(function* (recorded: ReadonlyArray<RecordedEvent>) {
    const said = new Map<number, ReadonlyArray<Message>>()
    const deliveries = yield* deliveriesOf(recorded, said)
    const saidOf = (position: number) => said.get(position) ?? []
    return {
      deliveries,
      parts: (positions) => {
        const parts: Array<Array<number>> = []
        let room = 0
        for (const position of positions) {
          const { length } = saidOf(position)
          if (length === 0) continue
          if (parts.length === 0 || length > room) {
            parts.push([])
            room = most
          }
          room -= length
          parts.at(-1)?.push(position)
        }
        return parts
      },
      flush: (positions) => Effect.asVoid(bounded(Effect.suspend(() => flush(positions.flatMap(saidOf)))))
    } satisfies TogetherBatch
  })

  return {
    name,
    consumer: `handler:${name}`,
    eventTypes: Array.from(codec.types.keys()),
    delivery: "together",
    options,
    together,
    decode: (recorded) => deliveriesOf(recorded, new Map()),
    show: (event) => Effect.map(codec.show([event]), ([data = null]) => data),
    quotable: Quotable.among(events.members)
  }
}

const isThere = <A, E, R>(effect: Effect.Effect<A, E, R>): effect is Exit.Success<A, E> =>
  Exit.isExit(effect) && Exit.isSuccess(effect)

/** More was said of one event than one flush holds. */
class TooMuchSaid extends Error {
  constructor(most: number) {
    super(`more than ${most} messages were said of one event`)
    this.name = "TooMuchSaid"
  }
}
