/**
 * The command bus of a program that serves some contexts of a system: commands of those are handled here, those of others are
 * sent to the programs that serve them. Who dispatches a command sees no difference but the errors of the way.
 *
 * Guarantees: a command of a context that is served here never leaves the program, also when nobody handles it; one that comes
 * from another service never goes on to a third. Its id is the same wherever it is handled, so it takes effect once.
 *
 * Gotchas: a command to another program is no part of the transaction it is sent in: send it outside of one, as sagas and
 * process managers do. The positions of what it has stored are those of another log, so no consistency token stands for them.
 */
import type { Message } from "@eventfold/decider"
import {
  CommandBus,
  type CommandEnvelope,
  type CommandLog,
  type CommandOutcome,
  type DispatchError,
  type Transaction,
  UnknownMessage
} from "@eventfold/event-store"
import type { Handler } from "@eventfold/event-store/CommandBus"
import * as CommandOutcomes from "@eventfold/event-store/CommandOutcomes"
import { payloadCodec } from "@eventfold/event-store/MessageHandlers"
import { Context, Effect, Layer } from "effect"
import { contextOf, HostedCommands } from "./HostedCommands.ts"
import { RemoteCommands } from "./RemoteCommands.ts"

/** The bus over handlers in this program, and over other programs for every other context. */
export const layer = <R>(
  handlers: ReadonlyArray<Handler<R>>
): Layer.Layer<CommandBus | HostedCommands, never, R | CommandLog | Transaction | RemoteCommands> =>
  Layer.effectContext(
    Effect.gen(function* () {
      const here = Context.get(yield* Layer.build(CommandBus.layer(handlers)), CommandBus)
      const remote = yield* RemoteCommands
      const contexts = new Set(handlers.flatMap(({ name }) => contextOf(name) ?? []))
      const known = handlers.map(({ name }) => name)
      const isHere = (context: string | undefined) => context === undefined || contexts.has(context)

      const dispatchJson = (
        name: string,
        envelope: CommandEnvelope<unknown>
      ): Effect.Effect<CommandOutcome, DispatchError> => {
        const context = contextOf(name)
        return context === undefined || contexts.has(context)
          ? here.dispatchJson(name, envelope)
          : remote.dispatchJson(context, name, envelope)
      }
      const dispatch = Effect.fnUntraced(function* <P extends { readonly _tag: string }, A, F>(
        command: Message.Command<string, P, A, F>,
        envelope: CommandEnvelope<P>
      ) {
        if (isHere(contextOf(command.name))) return yield* here.dispatch(command, envelope)
        const payload = yield* payloadCodec(command).encode(envelope.payload)
        const outcome = yield* dispatchJson(command.name, { ...envelope, payload })
        return yield* Effect.flatMap(CommandOutcomes.make(command).read(outcome), Effect.fromResult)
      })

      return Context.make(CommandBus, { dispatch, dispatchJson }).pipe(
        Context.add(HostedCommands, {
          contexts,
          dispatchJson: (name, envelope) =>
            isHere(contextOf(name))
              ? Effect.catchTag(
                  here.dispatchJson(name, envelope),
                  ["ContextNotRegistered", "ContextUnavailable"],
                  Effect.die
                )
              : Effect.fail(new UnknownMessage({ name, known }))
        })
      )
    })
  )
