/** The suite of the command log catches broken logs: for every law there is a log that breaks it, and it only. */
import { type CommandClaim, CommandLog, type CommandOutcome, layerMemory, Transaction } from "@eventfold/event-store"
import { Context, DateTime, Effect, Exit, Layer, Option, Schema } from "effect"
import { CommandLogLaws } from "../src/index.ts"
import { suite } from "./BrokenTable.ts"

type Log = CommandLog["Service"]
type Run = Transaction["Service"]["run"]

interface BrokenLog {
  readonly breaks: string
  readonly fault: string
  readonly layer: Layer.Layer<CommandLog | Transaction>
}

/** A row: the log in memory, with what `wrong` puts in the place of some of its parts. */
const broken = (
  breaks: string,
  fault: string,
  wrong: (log: Log, run: Run) => Partial<Log> & { readonly run?: Run }
): BrokenLog => ({
  breaks,
  fault,
  layer: Layer.effectContext(
    Effect.gen(function* () {
      const [log, transaction] = [yield* CommandLog, yield* Transaction]
      const sound: Run = (effect) => transaction.run(effect)
      const { run = sound, ...changed } = wrong(log, sound)
      return Context.make(CommandLog, { ...log, ...changed }).pipe(Context.add(Transaction, { run }))
    })
  ).pipe(Layer.provide(Layer.fresh(layerMemory)))
})

/** A row whose claims are kept when their transaction ends in one way. */
const keepsClaims = (breaks: string, fault: string, kind: "Fail" | "Die" | "Interrupt"): BrokenLog =>
  broken(breaks, fault, (log, run) => {
    const claimed: Array<CommandClaim> = []
    const keep = Effect.suspend(() =>
      Effect.forEach(claimed.splice(0), (claim) =>
        Effect.andThen(log.claim(claim), log.complete(claim, { _tag: "Answered", answer: 1 }))
      )
    )
    return {
      claim: (claim) => Effect.tap(log.claim(claim), () => Effect.sync(() => claimed.push(claim))),
      run: (effect) =>
        Effect.flatMap(Effect.serviceOption(Effect.Transaction), (outer) =>
          Effect.onExit(run(effect), (exit) => {
            if (Option.isSome(outer)) return Effect.void
            return Exit.isFailure(exit) && exit.cause.reasons.some((reason) => reason._tag === kind)
              ? Effect.ignore(keep)
              : Effect.sync(() => claimed.splice(0))
          })
        )
    }
  })

const wellFormed = (outcome: CommandOutcome): CommandOutcome =>
  Schema.decodeSync(CommandLogOutcome)(JSON.stringify(outcome).replaceAll(/\\ud[89a-f][0-9a-f]{2}/gu, "?"))

const CommandLogOutcome = Schema.fromJsonString(
  Schema.TaggedUnion({ Answered: { answer: Schema.Json }, Refused: { refusal: Schema.Json } })
)

const brokenLogs: ReadonlyArray<BrokenLog> = [
  broken(
    "a new command is claimed, and when it comes again it gets the first outcome, answer or refusal, whatever its JSON",
    "loses lone surrogates",
    (log) => ({ claim: (claim) => Effect.map(log.claim(claim), Option.map(wellFormed)) })
  ),
  broken(
    "a command id that comes again with other content is refused, naming the command it was used for",
    "does not look at the content",
    (log) => ({
      claim: (claim) =>
        Effect.catchTag(log.claim(claim), "CommandIdReused", (reused) =>
          reused.command === claim.command ? Effect.succeedNone : Effect.fail(reused)
        )
    })
  ),
  broken(
    "a command id that comes again for another command is refused, naming the command it was used for",
    "does not look at the command",
    (log) => ({ claim: (claim) => log.claim({ ...claim, command: "laws.DoSomething" }) })
  ),
  broken(
    "an outcome can be looked up without claiming the id, which stays free when there is none",
    "finds nothing where the content is another",
    (log) => ({ find: (claim) => Effect.catchTag(log.find(claim), "CommandIdReused", () => Effect.succeedNone) })
  ),
  keepsClaims("a transaction that fails forgets its claim", "remembers after a failure", "Fail"),
  keepsClaims("a transaction that dies of a defect forgets its claim", "remembers after a defect", "Die"),
  keepsClaims("a transaction that is interrupted forgets its claim", "remembers after an interruption", "Interrupt"),
  broken("two tenants may use the same command id", "keeps all tenants in one", (log) => ({
    claim: (claim) => log.claim({ ...claim, tenant: "all" }),
    find: (claim) => log.find({ ...claim, tenant: "all" }),
    complete: (claim, outcome) => log.complete({ ...claim, tenant: "all" }, outcome)
  })),
  broken(
    "of several handlings of one command at once exactly one counts, and the others get its outcome",
    "looks only at what is remembered already",
    (log) => {
      const underWay = new Map<string, number>()
      const count = (id: string, change: number) =>
        Effect.sync(() => underWay.set(id, (underWay.get(id) ?? 0) + change))
      return {
        claim: Effect.fnUntraced(function* (claim) {
          yield* count(claim.commandId, 1)
          return yield* Effect.yieldNow.pipe(
            Effect.andThen(
              Effect.suspend(() => ((underWay.get(claim.commandId) ?? 0) > 1 ? Effect.succeedNone : log.claim(claim)))
            ),
            Effect.ensuring(Effect.andThen(Effect.yieldNow, count(claim.commandId, -1)))
          )
        })
      }
    }
  ),
  broken("a purge forgets the commands claimed before a time, and only them", "forgets a day more", (log) => ({
    purge: (before) => log.purge(DateTime.add(before, { days: before.epochMilliseconds < 0 ? 1 : 0, hours: 1 }))
  }))
]

suite({ of: "the command log", laws: CommandLogLaws.laws, rows: brokenLogs, sound: Layer.fresh(layerMemory) })
