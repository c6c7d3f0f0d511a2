/**
 * The port through which sagas and process managers send commands: to handlers in this process, or in another one.
 *
 * A command travels as JSON under an id of its own. Whoever handles it does so once per id, so it can be sent again
 * whenever nobody knows what became of it. An answer and a refusal are outcomes; everything else is a failure, after which
 * nobody knows whether it took effect.
 */
import {
  CommandBus,
  type CommandEnvelope,
  type CommandOutcome,
  type DispatchError,
  isAway
} from "@eventfold/event-store"
import { Cause, Context, Effect, Layer, Schema } from "effect"

/** Nobody knows what became of a command: it was not handled, or its outcome was not heard. */
export class CommandNotSent extends Schema.TaggedError<CommandNotSent>()("CommandNotSent", {
  command: Schema.String,
  /** What went wrong; nothing personal. */
  reason: Schema.String,
  /** Whether it is a foreign system behind the handler that failed, and not what the command has to pass until there. */
  ofOutside: Schema.Boolean,
  /**
   * There when the program that handles it is away, or out of reach: nothing is wrong with the command, and it can be waited
   * for. With when that may be over, in milliseconds from now, where that is known.
   */
  away: Schema.optionalKey(Schema.Struct({ retryAfter: Schema.optionalKey(Schema.Finite) }))
}) {
  override get message() {
    return `${this.command}: ${this.reason}`
  }
}

/**
 * Whether an attempt that failed speaks against the foreign system behind a command: that failed itself, or nobody heard
 * anything in time. An event store that is away does not, nor does a command that nobody understands.
 */
export const isOfOutside = (error: CommandNotSent | Cause.TimeoutError): boolean =>
  Cause.isTimeoutError(error) || error.ofOutside

/** Sends commands. */
export class CommandSender extends Context.Service<
  CommandSender,
  {
    /** Sends a command known by its name and waits for its outcome. */
    send(command: string, envelope: CommandEnvelope<Schema.Json>): Effect.Effect<CommandOutcome, CommandNotSent>
  }
>()("@eventfold/processes/CommandSender") {
  /** To the handlers of the command bus in this process. */
  static readonly layer: Layer.Layer<CommandSender, never, CommandBus> = Layer.effect(
    CommandSender,
    Effect.map(CommandBus, (bus) => ({
      send: (command, envelope) =>
        Effect.mapError(
          bus.dispatchJson(command, envelope),
          (error) =>
            new CommandNotSent({
              command,
              reason: reasonOf(error),
              ofOutside: error._tag === "OutsideFailure",
              ...awayOf(error)
            })
        )
    }))
  )
}

const awayOf = (error: DispatchError): Pick<CommandNotSent, "away"> => {
  if (!isAway(error)) return {}
  const retryAfter = error._tag === "ContextUnavailable" ? error.retryAfter : undefined
  return { away: retryAfter === undefined ? {} : { retryAfter } }
}

/** What is wrong with a value may quote it, and a value may be about a person: then only its place is told. */
const reasonOf = (error: DispatchError): string => {
  switch (error._tag) {
    case "MalformedMessage":
      return `its content does not fit: ${error.problems.map(({ field }) => field).join(", ")}`
    case "EventNotDecodable":
    case "EventNotEncodable":
      return `${error._tag}: ${error.eventType}`
    default:
      return error.message
  }
}
