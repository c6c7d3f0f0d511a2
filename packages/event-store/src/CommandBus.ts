/**
 * Finds the handler of a command and runs it once: the same command id is answered with what the first one was answered.
 *
 * Guarantees: handling a command and remembering its answer are one transaction; a refusal stores nothing but itself; a
 * repetition, even at the same moment or after a restart, changes nothing. The payload's `occurredAt` does not count as content: a caller
 * who leaves it to the clock may still repeat a command. Failures of the store are tried again a few times, then reported.
 * Inside, commands travel as JSON: a handler in another process is reached the same way. What is kept of a command tells
 * nothing about people once they are forgotten: personal values in its outcome are sealed, and the digest of content that
 * is about people is a keyed one.
 */
import type { DomainEvent, Message } from "@eventfold/decider"
import { Context, Effect, Layer, Option, Schedule, type Schema } from "effect"
import type { CommandServices } from "./AggregateStates.ts"
import * as Handlers from "./BusHandlers.ts"
import type { Handler } from "./BusHandlers.ts"
import type { CommandFailure, CommandHandler } from "./CommandHandler.ts"
import { type CommandIdReused, CommandLog, type CommandOutcome } from "./CommandLog.ts"
import * as CommandOutcomes from "./CommandOutcomes.ts"
import type { ContextNotRegistered, ContextUnavailable } from "./ContextErrors.ts"
import * as EnvelopeRules from "./EnvelopeRules.ts"
import { EventStoreFailure } from "./EventStoreErrors.ts"
import { fingerprint, timeless } from "./Fingerprint.ts"
import { collect, payloadCodec } from "./MessageHandlers.ts"
import type { MalformedMessage, UnknownMessage } from "./MessageErrors.ts"
import type { OutsideFailure } from "./OutsideFailure.ts"
import { asStoreFailure, Sealer } from "./PersonalData.ts"
import type { EventMetadata } from "./RecordedEvent.ts"
import * as PreparedExecutions from "./PreparedExecutions.ts"
import * as SharedExecutions from "./SharedExecutions.ts"
import type { StreamId } from "./StreamId.ts"
import { Transaction } from "./Transaction.ts"

/** A command on its way: its content and what accompanies it. */
export interface CommandEnvelope<Payload> {
  /** A UUID chosen by the sender; sending the same command again with the same id is harmless. */
  readonly id: string
  readonly tenant: string
  readonly payload: Payload
  readonly metadata?: EventMetadata
  /** Handle it only if the aggregate is at this version (0: does not exist). */
  readonly expectedVersion?: number
}

/** What can fail while a command is handled, wherever that is, besides being refused. */
export type HandlingError = CommandFailure | OutsideFailure | UnknownMessage | MalformedMessage | CommandIdReused

/** What can come back from a dispatch besides an answer or a refusal. The last two: from a context in another program. */
export type DispatchError = HandlingError | ContextNotRegistered | ContextUnavailable

export type { Handler } from "./BusHandlers.ts"

/** Finds the handler of a command and runs it once. */
export class CommandBus extends Context.Service<
  CommandBus,
  {
    /** Sends a command and waits for its answer. */
    dispatch<P extends { readonly _tag: string }, A, F>(
      command: Message.Command<string, P, A, F>,
      envelope: CommandEnvelope<P>
    ): Effect.Effect<A, F | DispatchError>
    /** Sends a command known only by its name, with its content as JSON; the outcome is JSON too. */
    dispatchJson(name: string, envelope: CommandEnvelope<unknown>): Effect.Effect<CommandOutcome, DispatchError>
  }
>()("@eventfold/event-store/CommandBus") {
  /** Handles one command with an effect of its own. */
  static handler<P extends { readonly _tag: string }, A, F, R>(
    command: Message.Command<string, P, A, F>,
    handle: (envelope: CommandEnvelope<P>) => Effect.Effect<A, F | CommandFailure, R>
  ): Handler<R> {
    return Handlers.of(command, handle, false)
  }

  /**
   * Handles one command with an effect that calls foreign systems. It runs outside of any transaction, at least once per
   * command id: after a crash a repetition runs it again, so it must be idempotent by the id of the envelope. Its outcome
   * is remembered afterwards. A repetition that arrives while it is at work in this process waits for it.
   *
   * Gotcha: whoever dispatches it inside a transaction of their own holds that one open for as long as it takes.
   */
  static outside<P extends { readonly _tag: string }, A, F, R>(
    command: Message.Command<string, P, A, F>,
    handle: (envelope: CommandEnvelope<P>) => Effect.Effect<A, F | CommandFailure | OutsideFailure, R>
  ): Handler<R> {
    return Handlers.of(command, handle, true)
  }

  /**
   * Handles one command with what is looked up before, outside of the transaction: `prepare` only reads, also in other
   * contexts, and may be run again for a repetition. Where its sender names no version, a `VersionConflict` of `handle` says
   * that what was looked up is outdated: it is prepared and handled again, a few times.
   */
  static prepared<P extends { readonly _tag: string }, A, F, Prepared, R, R2>(
    command: Message.Command<string, P, A, F>,
    prepare: (envelope: CommandEnvelope<P>) => Effect.Effect<Prepared, F | CommandFailure | OutsideFailure, R>,
    handle: (envelope: CommandEnvelope<P>, prepared: Prepared) => Effect.Effect<A, F | CommandFailure, R2>
  ): Handler<R | R2> {
    return Handlers.prepared(command, prepare, handle)
  }

  /** Handles the commands of one kind of aggregate: finds its stream, decides, appends, answers from the new state. */
  static aggregate<State, Command extends { readonly _tag: string }, Event extends DomainEvent.DomainEvent, F, A>(
    commandHandler: CommandHandler<State, Command, Event, F>,
    options: {
      readonly commands: ReadonlyArray<Message.Command<string, Command, A, F>>
      readonly stream: (tenant: string, command: Command) => StreamId
      readonly answer: (state: State, version: number) => A
    }
  ): ReadonlyArray<Handler<CommandServices>> {
    return options.commands.map((command) =>
      CommandBus.handler(command, ({ tenant, payload, ...rest }) =>
        Effect.map(commandHandler.handle(options.stream(tenant, payload), payload, rest), ({ state, version }) =>
          options.answer(state, version)
        )
      )
    )
  }

  /** The bus over handlers in this process. Two handlers for one command stop the program at start. */
  static layer<R>(handlers: ReadonlyArray<Handler<R>>): Layer.Layer<CommandBus, never, R | CommandLog | Transaction> {
    return Layer.effect(
      CommandBus,
      Effect.gen(function* () {
        const context = yield* Effect.context<R>()
        const log = yield* CommandLog
        const sealer = yield* Sealer.Current
        const transaction = yield* Transaction
        const registered = collect(handlers)
        const share = SharedExecutions.make()

        const execute = Effect.fnUntraced(function* (handler: Handler<R>, envelope: CommandEnvelope<Schema.Json>) {
          yield* EnvelopeRules.check(handler.name, envelope)
          const commandId = envelope.id.toLowerCase()
          const { tenant } = envelope
          const content = timeless(envelope.payload)
          // A plain digest of a name tells the name to whoever tries all names.
          const digest = handler.isAboutPeople
            ? sealer
                .digest(tenant, content)
                .pipe(Effect.mapError(asStoreFailure(`the digest of ${handler.name}`)), Effect.retry(onceMore))
            : fingerprint(content)
          const claim = { tenant, commandId, command: handler.name, fingerprint: yield* digest }
          const metadata = { correlationId: commandId, causationId: commandId, ...envelope.metadata }
          const remembered = <E>(outcome: Effect.Effect<CommandOutcome, E>) =>
            transaction.run(
              Effect.gen(function* () {
                const first = yield* log.claim(claim)
                if (Option.isSome(first)) return yield* handler.outcomes.open(tenant, first.value)
                const found = yield* outcome
                yield* log.complete(claim, yield* handler.outcomes.seal(tenant, found))
                return found
              })
            )
          const effect = Effect.provideContext(handler.handle({ ...envelope, metadata }), context)
          const withSealer = Effect.provideService(Sealer.Current, sealer)
          if (handler.isOutside) {
            const execution = Effect.gen(function* () {
              const first = yield* Effect.retry(log.find(claim), onceMore)
              if (Option.isSome(first)) return yield* handler.outcomes.open(tenant, first.value)
              return yield* Effect.retry(remembered(Effect.succeed(yield* effect)), onceMore)
            })
            return yield* withSealer(share(claim, execution))
          }
          const together = <E>(handling: Effect.Effect<CommandOutcome, E>) =>
            remembered(
              Effect.filterOrFail(
                handling,
                (outcome) => outcome._tag === "Answered",
                (outcome) => new TakenBack(outcome)
              )
            ).pipe(
              Effect.catchIf(
                (error) => error instanceof TakenBack,
                ({ outcome }) => remembered(Effect.succeed(outcome))
              ),
              Effect.retry(onceMore)
            )
          if (handler.prepare === undefined) return yield* withSealer(together(effect))
          const prepare = Effect.provideContext(
            Effect.retry(handler.prepare({ ...envelope, metadata }), onceMore),
            context
          )
          const first = Effect.flatMap(
            Effect.retry(log.find(claim), onceMore),
            Option.match({
              onNone: () => Effect.succeedNone,
              onSome: (outcome) => Effect.asSome(handler.outcomes.open(tenant, outcome))
            })
          )
          const handle = (handling: Effect.Success<typeof prepare>) =>
            together(Effect.provideContext(handling, context))
          const isAgain = envelope.expectedVersion === undefined
          return yield* withSealer(PreparedExecutions.run({ prepare, handle, first, isAgain }))
        })

        return {
          dispatch: Effect.fn("CommandBus.dispatch")(function* <P extends { readonly _tag: string }, A, F>(
            command: Message.Command<string, P, A, F>,
            envelope: CommandEnvelope<P>
          ) {
            yield* Effect.annotateCurrentSpan("command", command.name)
            const handler = yield* registered.find(command.name)
            const payload = yield* payloadCodec(command).encode(envelope.payload)
            const outcome = yield* execute(handler, { ...envelope, payload })
            return yield* Effect.flatMap(CommandOutcomes.make(command).read(outcome), Effect.fromResult)
          }),
          dispatchJson: Effect.fn("CommandBus.dispatchJson")(function* (name, envelope) {
            yield* Effect.annotateCurrentSpan("command", name)
            const handler = yield* registered.find(name)
            return yield* execute(handler, { ...envelope, payload: yield* handler.normalise(envelope.payload) })
          })
        }
      })
    )
  }
}

/** Ends the transaction of a command that is refused: what its handler has stored goes, and the refusal is kept in another. */
class TakenBack {
  readonly outcome: CommandOutcome
  constructor(outcome: CommandOutcome) {
    this.outcome = outcome
  }
}

// A deadlock or a lost connection is over soon or not at all; the caller can always repeat with the same id.
const onceMore = {
  schedule: Schedule.exponential("20 millis").pipe(Schedule.jittered, Schedule.upTo({ times: 3 })),
  while: (error: unknown) => error instanceof EventStoreFailure && error.retryable
}
