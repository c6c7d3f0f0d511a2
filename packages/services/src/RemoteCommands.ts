/**
 * Sends commands to contexts that other programs serve, over HTTP: see `RemoteCalls` for the way.
 *
 * Guarantees: a command ends with what it was answered where it is handled, whatever that was, or with
 * `ContextNotRegistered` or `ContextUnavailable`. Trace, correlation and the id of the command go along. The same id goes to
 * each program that is asked, so a command that was handled and whose answer was lost takes effect once, as long as they
 * share a store.
 *
 * Gotcha: nothing is tried again. Who sends the command knows how long it may take: a saga, a process, a person.
 */
import { type CommandEnvelope, type CommandOutcome, type DispatchError, MalformedMessage } from "@eventfold/event-store"
import * as EnvelopeRules from "@eventfold/event-store/EnvelopeRules"
import { Context, Effect, Layer, Schema } from "effect"
import * as RemoteCalls from "./RemoteCalls.ts"

/** Sends commands to contexts that other programs serve. */
export class RemoteCommands extends Context.Service<
  RemoteCommands,
  {
    /** Sends a command to whoever serves its context. */
    dispatchJson(
      context: string,
      name: string,
      envelope: CommandEnvelope<unknown>
    ): Effect.Effect<CommandOutcome, DispatchError>
  }
>()("@eventfold/services/RemoteCommands") {
  /** Over HTTP, to the endpoints `http` of those that the registry knows. */
  static readonly layer = (
    options: RemoteCalls.RemoteOptions = {}
  ): Layer.Layer<RemoteCommands, never, RemoteCalls.RemoteServices> => Layer.effect(RemoteCommands, make(options))
}

const isJson = Schema.is(Schema.Json)

const make = Effect.fnUntraced(function* (options: RemoteCalls.RemoteOptions) {
  const calls = yield* RemoteCalls.make(options, "10 seconds")
  return {
    dispatchJson: Effect.fn("RemoteCommands.dispatchJson")(function* (context, name, envelope) {
      yield* Effect.annotateCurrentSpan({ context, command: name })
      yield* EnvelopeRules.check(name, envelope)
      const { id, payload, tenant, ...rest } = envelope
      if (!isJson(payload)) {
        return yield* new MalformedMessage({ name, problems: [{ field: "(all of it)", rule: "must be JSON" }] })
      }
      return yield* calls.call(context, ({ serviceCommands }) => {
        // Its type depends on where it is used: a name of its own keeps it from being taken for another.
        const sent = serviceCommands.dispatch({
          params: { command: name },
          headers: { "idempotency-key": id },
          payload: { tenant, payload, ...sentWith(rest) }
        })
        return sent
      })
    })
  } satisfies RemoteCommands["Service"]
})

/** What accompanies a command, as it is sent: what is not there is left out. */
const sentWith = ({ expectedVersion, metadata }: Pick<CommandEnvelope<unknown>, "expectedVersion" | "metadata">) => ({
  ...(expectedVersion === undefined ? {} : { expectedVersion }),
  ...(metadata === undefined
    ? {}
    : {
        metadata: Object.fromEntries(
          Object.entries(metadata).filter((entry): entry is [string, string] => entry[1] !== undefined)
        )
      })
})
