/**
 * A process manager: what is to follow from events of several contexts, over time, as a pure value.
 *
 * `evolve` folds what has come into a state, and `react` answers commands to send, timers to start and timers to cancel, or
 * that what has come is ignored, and why. Inputs are the events it follows, its timers when they are due, and what becomes
 * of the commands it has sent. Nothing here reads a clock or sends anything, so a process manager is tested by calling
 * functions: see `ProcessManagerSpec` in `@eventfold/testing`. A runner does what it answers, exactly once in effect.
 *
 * Gotchas: events can come in another order than they happened in, and answers after their time is up: `react` decides by
 * the state what still counts. An event or a command that has ever been used stays declared, or its processes cannot be
 * read any more. A payload that holds values about people in clear (`Personal.inTransit`) cannot be stored, so commands
 * with such payloads are refused here: let a process carry ids.
 */
import * as Personal from "./Personal.ts"
import { Schema } from "effect"
import { type DomainEvent, nameOf } from "./DomainEvent.ts"
import type { AnyCommand, Command } from "./Message.ts"
import { ownTags } from "./ProcessInput.ts"
import type { Actions, Declaration, Ignored, ProcessManager, Send } from "./ProcessManagerShape.ts"

export { inputOf, of as decider, type Process, type ProcessDecider, type Take } from "./ProcessDecider.ts"
export {
  AnyProcessEvent,
  type CommandIssued,
  issuedOf,
  messageSchemaOf,
  type ProcessEvent,
  unionOf as eventsOf
} from "./ProcessEvent.ts"
export { outcomeSchemaOf } from "./ProcessInput.ts"
export type {
  CommandAnswered,
  CommandFailed,
  CommandRefused,
  Happened,
  Input,
  OutcomeOf,
  ProcessStalled,
  StoredInput,
  TimerFired
} from "./ProcessInput.ts"
export type {
  Actions,
  Circumstances,
  Declaration,
  Ignored,
  ProcessManager,
  Reaction,
  Send,
  SendOf,
  StartTimer
} from "./ProcessManagerShape.ts"

/** A process manager that breaks a rule: a mistake of the program, found where it is declared. */
export class ProcessManagerNotUsable extends Schema.TaggedError<ProcessManagerNotUsable>()("ProcessManagerNotUsable", {
  processManager: Schema.String,
  field: Schema.String,
  rule: Schema.String
}) {
  override get message() {
    return `the process manager ${this.processManager} cannot be used: ${this.field} ${this.rule}`
  }
}

/**
 * Declares a process manager.
 *
 * @throws ProcessManagerNotUsable when a part breaks its rule: it names the field and the rule.
 */
export const make = <State, Event extends DomainEvent, const C extends AnyCommand>(
  declaration: Declaration<State, Event, C>
): ProcessManager<State, Event, C> => {
  const { commands, events, name, version = 1 } = declaration
  const refuse = (field: string, rule: string) => new ProcessManagerNotUsable({ processManager: name, field, rule })
  if (!/^[a-z0-9][a-z0-9_-]{0,39}$/u.test(name)) {
    throw refuse("name", "must be 1 to 40 lower-case letters, digits, '_' or '-'")
  }
  if (!Number.isSafeInteger(version) || version < 1) throw refuse("version", "must be a whole number from 1")
  for (const event of events.members.map(nameOf)) {
    if (ownTags.has(event)) throw refuse("events", `must not be called ${event}: a process has inputs of that name`)
  }
  for (const [index, command] of commands.entries()) {
    if (commands.findIndex((other) => other.name === command.name) < index) {
      throw refuse("commands", `must not have ${command.name} twice`)
    }
    if (Personal.isInTransit(command.Payload)) {
      throw refuse("commands", `must not have ${command.name}: its payload holds values about people in clear`)
    }
  }
  return {
    phase: () => "running",
    patience: "1 hour",
    begins: () => true,
    ...declaration,
    version,
    category: `process-${name}`
  }
}

/** A command to be sent; its outcome comes back under `key`. */
export const send = <Name extends string, Payload extends { readonly _tag: string }, Answer, Refusal>(
  key: string,
  command: Command<Name, Payload, Answer, Refusal>,
  payload: NoInfer<Payload>
): Send<Name, Payload> => ({ key, command: command.name, payload })

/** The input comes at the wrong time, and why it is left. */
export const ignore = (because: string): Ignored => ({ ignored: because })

/** Nothing is to be done about the input, but that it counts. */
export const nothing: Actions<never> = {}
