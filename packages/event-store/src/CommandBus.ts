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
import { type DomainEvent, type Message, Personal } from "@eventfold/decider"
import { Context, Effect, Layer, Option, Schedule, Schema } from "effect"
import type { CommandServices } from "./AggregateStates.ts"
import type { CommandFailure, CommandHandler } from "./CommandHandler.ts"
import { type CommandIdReused, CommandLog, type CommandOutcome } from "./CommandLog.ts"
import * as CommandOutcomes from "./CommandOutcomes.ts"
import { EventStoreFailure } from "./EventStoreErrors.ts"
import { fingerprint } from "./Fingerprint.ts"
import { isJsonObject } from "./Json.ts"
import { collect, payloadCodec } from "./MessageHandlers.ts"
import { MalformedMessage, type UnknownMessage } from "./MessageErrors.ts"
import type { OutsideFailure } from "./OutsideFailure.ts"
import { asStoreFailure, Sealer } from "./PersonalData.ts"
import type { EventMetadata } from "./RecordedEvent.ts"
import * as SharedExecutions from "./SharedExecutions.ts"
import { type StreamId, Tenant } from "./StreamId.ts"
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

/** What can come back from a dispatch besides an answer or a refusal. */
export type DispatchError = CommandFailure | OutsideFailure | UnknownMessage | MalformedMessage | CommandIdReused

/** A command with the effect that handles it, in JSON; see `CommandBus.handler` and `CommandBus.aggregate`. */
export interface Handler<R> {
  /** The name of the command. */
  readonly name: string
  /** The content as its schema writes it: what counts when two commands are compared. */
  readonly normalise: (payload: unknown) => Effect.Effect<Schema.Json, MalformedMessage>
  /** True when its content can tell something about a person: then the digest of it is a keyed one. */
  readonly isAboutPeople: boolean
  /** The form in which its outcomes are stored. */
  readonly outcomes: CommandOutcomes.StoredOutcomes
  /** Whether its effect runs outside of a transaction. */
  readonly isOutside: boolean
  readonly handle: (
    envelope: CommandEnvelope<Schema.Json>
  ) => Effect.Effect<CommandOutcome, CommandFailure | OutsideFailure | MalformedMessage, R>
}

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
    return handlerOf(command, handle, false)
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
    return handlerOf(command, handle, true)
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
          yield* checkEnvelope(handler.name, envelope)
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
          const handled = effect.pipe(
            Effect.filterOrFail(
              (outcome) => outcome._tag === "Answered",
              (outcome) => new TakenBack(outcome)
            )
          )
          return yield* withSealer(remembered(handled)).pipe(
            Effect.catchIf(
              (error) => error instanceof TakenBack,
              ({ outcome }) => withSealer(remembered(Effect.succeed(outcome)))
            ),
            Effect.retry(onceMore)
          )
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

const handlerOf = <P extends { readonly _tag: string }, A, F, R>(
  command: Message.Command<string, P, A, F>,
  handle: (envelope: CommandEnvelope<P>) => Effect.Effect<A, F | CommandFailure | OutsideFailure, R>,
  isOutside: boolean
): Handler<R> => {
  const payloads = payloadCodec(command)
  const outcomes = CommandOutcomes.make(command)
  return {
    name: command.name,
    isAboutPeople: Personal.isAbout(command.Payload),
    isOutside,
    outcomes: outcomes.stored,
    normalise: (json) => Effect.flatMap(payloads.decode(json), payloads.encode),
    handle: (envelope) =>
      Effect.flatMap(payloads.decode(envelope.payload), (payload) => outcomes.of(handle({ ...envelope, payload })))
  }
}

/** Ends the transaction of a command that is refused: what its handler has stored goes, and the refusal is kept in another. */
class TakenBack {
  readonly outcome: CommandOutcome
  constructor(outcome: CommandOutcome) {
    this.outcome = outcome
  }
}

const isUuid = Schema.is(Schema.String.check(Schema.isGUID()))
const isTenant = Schema.is(Tenant)

const checkEnvelope = (
  name: string,
  { expectedVersion, id, tenant }: CommandEnvelope<unknown>
): Effect.Effect<void, MalformedMessage> => {
  const problems = [
    ...(isUuid(id) ? [] : [{ field: "id", rule: "a command id must be a UUID" }]),
    ...(isTenant(tenant) ? [] : [{ field: "tenant", rule: "must be 1 to 63 lower-case letters, digits, '-' or '_'" }]),
    ...(expectedVersion === undefined || (Number.isSafeInteger(expectedVersion) && expectedVersion >= 0)
      ? []
      : [{ field: "expectedVersion", rule: "must be a whole number from 0" }])
  ]
  return problems.length === 0 ? Effect.void : Effect.fail(new MalformedMessage({ name, problems }))
}

// A deadlock or a lost connection is over soon or not at all; the caller can always repeat with the same id.
const onceMore = {
  schedule: Schedule.exponential("20 millis").pipe(Schedule.jittered, Schedule.upTo({ times: 3 })),
  while: (error: unknown) => error instanceof EventStoreFailure && error.retryable
}

/** Left to the clock, `occurredAt` differs in a repetition of the same command. */
const timeless = (content: Schema.Json): Schema.Json => {
  if (!isJsonObject(content)) return content
  const { occurredAt: _, ...rest } = content
  return rest
}
