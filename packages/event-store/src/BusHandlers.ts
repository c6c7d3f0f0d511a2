/** Handlers of commands as the command bus runs them: in JSON, with the effects that people have written for them. */
import { type Message, Personal } from "@eventfold/decider"
import { Effect, Schema } from "effect"
import type { CommandEnvelope } from "./CommandBus.ts"
import type { CommandFailure } from "./CommandHandler.ts"
import type { CommandOutcome } from "./CommandLog.ts"
import * as CommandOutcomes from "./CommandOutcomes.ts"
import { payloadCodec } from "./MessageHandlers.ts"
import type { MalformedMessage } from "./MessageErrors.ts"
import type { OutsideFailure } from "./OutsideFailure.ts"

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
  /** What runs before the transaction, and answers what handles the command in it, in place of `handle`. */
  readonly prepare?: (
    envelope: CommandEnvelope<Schema.Json>
  ) => Effect.Effect<
    Effect.Effect<CommandOutcome, CommandFailure, R>,
    CommandFailure | OutsideFailure | MalformedMessage,
    R
  >
}

/** A handler of a command by an effect, in a transaction or outside of any. */
export const of = <P extends { readonly _tag: string }, A, F, R>(
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

/** A handler of a command by an effect, with what another one has looked up before. */
export const prepared = <P extends { readonly _tag: string }, A, F, Prepared, R, R2>(
  command: Message.Command<string, P, A, F>,
  prepare: (envelope: CommandEnvelope<P>) => Effect.Effect<Prepared, F | CommandFailure | OutsideFailure, R>,
  handle: (envelope: CommandEnvelope<P>, prepared: Prepared) => Effect.Effect<A, F | CommandFailure, R2>
): Handler<R | R2> => {
  const payloads = payloadCodec(command)
  const outcomes = CommandOutcomes.make(command)
  const isRefusal = Schema.is(command.Refusal)
  return {
    ...of<P, A, F, R | R2>(
      command,
      (envelope) => Effect.flatMap(prepare(envelope), (found) => handle(envelope, found)),
      false
    ),
    prepare: Effect.fnUntraced(function* (envelope) {
      const decoded = { ...envelope, payload: yield* payloads.decode(envelope.payload) }
      return yield* Effect.matchEffect(prepare(decoded), {
        onSuccess: (found) => Effect.succeed(outcomes.of(handle(decoded, found))),
        // What is refused is an outcome like another one: it is remembered.
        onFailure: (
          error
        ): Effect.Effect<Effect.Effect<CommandOutcome, CommandFailure, R2>, CommandFailure | OutsideFailure> =>
          isRefusal(error) ? Effect.succeed(outcomes.of<never, never>(Effect.fail(error))) : Effect.fail(error)
      })
    })
  }
}
