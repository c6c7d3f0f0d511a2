/**
 * Sends the commands of a process, and brings back what became of them.
 *
 * Guarantees: the id of a command follows from its process and its number there, so it takes effect once, however often it is
 * sent: after a crash, by another node, or because its answer was lost. A failure is tried again; what still
 * cannot be reached after that is an input of the process like any other (`CommandFailed`), and never a dead letter.
 *
 * What goes through a circuit breaker that is open fails at once. While another one finds out whether it can be closed, it
 * waits for that, as long as one attempt may take. Only what lies outside opens a breaker: not a store that is away.
 *
 * Gotchas: commands of one process are sent one after another, in order, those of other processes at the same time. What
 * a failure says is kept only of commands that say nothing of people; of others its name is.
 */
import type { Message } from "@eventfold/decider"
import { Personal, ProcessManager } from "@eventfold/decider"
import * as NameId from "@eventfold/decider/NameId"
import type { CommandOutcome, RecordedEvent, StreamId } from "@eventfold/event-store"
import { Cause, DateTime, Duration, Effect, Exit, Predicate, Schedule, Schema } from "effect"
import { BreakerOpen, Breakers } from "./Breakers.ts"
import { CommandNotSent, CommandSender, isOfOutside } from "./CommandSender.ts"

/** How commands are sent. */
export interface SendingOptions {
  /** After this time an attempt counts as failed. Default: 30 s. */
  readonly timeLimit?: Duration.Input
  /** How often a failure is tried again: 0 to 20. Default: 2. */
  readonly retries?: number
  /** How long the first wait is; each one after it is twice as long. Default: 1 s. */
  readonly firstWait?: Duration.Input
  /** How many processes' commands are sent at the same time: 1 to 256. Default: 64. */
  readonly concurrency?: number
  /** The circuit breaker a command goes through, by the name of the command. Those not named go through none. */
  readonly breakers?: { readonly [command: string]: string }
}

/** Options with the defaults put in. */
export const complete = (options: SendingOptions = {}): Required<SendingOptions> => ({
  timeLimit: "30 seconds",
  retries: 2,
  firstWait: "1 second",
  concurrency: 64,
  breakers: {},
  ...options
})

/** The longest that sending one command takes, with all attempts and waits. */
export const longest = (options: SendingOptions = {}): Duration.Duration => {
  const { firstWait, retries, timeLimit } = complete(options)
  const waits = Duration.toMillis(firstWait) * (2 ** retries - 1)
  // Each attempt may wait twice as long as it takes, for a breaker that is half-open.
  return Duration.millis(3 * Duration.toMillis(timeLimit) * (retries + 1) + waits + 60_000)
}

/** Sends the commands of one process manager; answers what became of each, as an input of the process. */
export const make = <C extends Message.AnyCommand>(commands: ReadonlyArray<C>, options?: SendingOptions) => {
  const { breakers, firstWait, retries, timeLimit } = complete(options)
  const encode = Schema.encodeEffect(Schema.toCodecJson(ProcessManager.messageSchemaOf(commands)))
  const decode = Schema.decodeUnknownEffect(Schema.toCodecJson(ProcessManager.outcomeSchemaOf(commands)))
  const aboutPeople = new Set(commands.filter(({ Payload }) => Personal.isAbout(Payload)).map(({ name }) => name))
  const waits = Schedule.exponential(firstWait).pipe(Schedule.upTo({ times: retries }))
  const whileProbed = Schedule.exponential("1 second").pipe(Schedule.upTo({ duration: timeLimit }))

  return Effect.gen(function* () {
    const sender = yield* CommandSender
    const circuit = yield* Breakers
    const guarded = <A>(command: string, attempt: Effect.Effect<A, CommandNotSent | Cause.TimeoutError>) => {
      const breaker = breakers[command]
      if (breaker === undefined) return Effect.retry(attempt, waits)
      return circuit
        .guard(breaker, attempt, isOfOutside)
        .pipe(
          Effect.retry({ schedule: whileProbed, while: (error) => isOpen(error) && error.state === "half-open" }),
          Effect.retry({ schedule: waits, while: (error) => !isOpen(error) })
        )
    }

    return Effect.fnUntraced(function* (issued: ProcessManager.CommandIssued<C>, recorded: RecordedEvent) {
      const { command, key, payload } = yield* Effect.orDie(Effect.flatMap(encode(issued.message), asSend))
      const { correlationId } = recorded.metadata
      const attempt = sender.send(command, {
        id: commandIdOf(recorded.stream, issued.number),
        tenant: recorded.stream.tenant,
        payload,
        metadata: { causationId: recorded.id, ...(correlationId === undefined ? {} : { correlationId }) }
      })
      const exit = yield* Effect.exit(guarded(command, Effect.timeout(attempt, timeLimit)))
      // An interruption of this fiber does not come here: the whole of it ends.
      const occurredAt = DateTime.formatIso(yield* DateTime.now)
      const about = { command, key, number: issued.number, occurredAt }
      return yield* Effect.orDie(decode({ ...about, ...contentOf(exit, aboutPeople.has(command)) }))
    })
  })
}

const isOpen = (error: unknown): error is BreakerOpen => error instanceof BreakerOpen

/** The id of a command of a process: always the same for the same command, so that sending it again is harmless. */
export const commandIdOf = ({ category, id, tenant }: StreamId.StreamId, number: number): string =>
  NameId.make(tenant, category, id, String(number))

const contentOf = (exit: Exit.Exit<CommandOutcome, unknown>, isAboutPeople: boolean) => {
  if (Exit.isFailure(exit)) return { _tag: "CommandFailed", error: textOf(Cause.squash(exit.cause), isAboutPeople) }
  const outcome = exit.value
  return outcome._tag === "Answered"
    ? { _tag: "CommandAnswered", answer: outcome.answer }
    : { _tag: "CommandRefused", refusal: outcome.refusal }
}

const asSend = Schema.decodeUnknownEffect(
  Schema.Struct({ key: Schema.String, command: Schema.String, payload: Schema.Json })
)

const textOf = (error: unknown, isAboutPeople: boolean): string => {
  if (error instanceof CommandNotSent) return error.reason
  if (isOpen(error)) return error.message
  const name = Predicate.hasProperty(error, "_tag") ? String(error._tag) : error instanceof Error ? error.name : "Error"
  return isAboutPeople || !(error instanceof Error) || error.message === "" ? name : `${name}: ${error.message}`
}
