/** The commands of the contexts that this program serves: what other services may send it. */
import type { CommandEnvelope, CommandOutcome, HandlingError } from "@eventfold/event-store"
import { Context, type Effect } from "effect"

/** The commands of the contexts that this program serves. */
export class HostedCommands extends Context.Service<
  HostedCommands,
  {
    /** The contexts, by name. */
    readonly contexts: ReadonlySet<string>
    /** Hands a command to its handler in this program; never to another one. */
    dispatchJson(name: string, envelope: CommandEnvelope<unknown>): Effect.Effect<CommandOutcome, HandlingError>
  }
>()("@eventfold/services/HostedCommands") {}

/** The context in the name of a command, `context.Tag`; undefined when it is no name of a command. */
export const contextOf = (name: string): string | undefined =>
  /^([a-z0-9][a-z0-9-]*)\.[A-Za-z][A-Za-z0-9]*$/u.exec(name)?.[1]
