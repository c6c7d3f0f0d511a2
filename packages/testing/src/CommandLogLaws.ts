/**
 * The laws of the command log as values: what every layer of the port guarantees. No test framework is needed to run
 * them; `CommandLogContract` registers them with vitest.
 *
 * Gotcha: the last one makes the log forget the commands of all tenants, so run them one after another.
 */
import {
  type CommandClaim,
  CommandIdReused,
  CommandLog,
  type CommandOutcome,
  Transaction
} from "@eventfold/event-store"
import { Clock, DateTime, Deferred, Effect, Fiber, Option, type Schema } from "effect"
import { TestClock } from "effect/testing"
import * as Scenario from "./EventStoreLaws/Scenario.ts"
import { expect, expectEqual, expectFailure, type Law, make } from "./Law.ts"

const answered = (answer: Schema.Json): CommandOutcome => ({ _tag: "Answered", answer })
const refused = (refusal: Schema.Json): CommandOutcome => ({ _tag: "Refused", refusal })

const fresh: Effect.Effect<CommandClaim> = Effect.all({
  tenant: Scenario.tenant,
  commandId: Scenario.uuid,
  command: Effect.succeed("laws.DoSomething"),
  fingerprint: Scenario.hex(64)
})

const claim = (claim: CommandClaim) => Effect.flatMap(CommandLog, (log) => log.claim(claim))

const run = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.flatMap(Transaction, (transaction) => transaction.run(effect))

/** Claims a command and stores its outcome in one transaction, as the bus does; answers what the claim answered. */
const handle = (command: CommandClaim, outcome: CommandOutcome) =>
  run(
    Effect.gen(function* () {
      const log = yield* CommandLog
      const first = yield* log.claim(command)
      if (Option.isNone(first)) yield* log.complete(command, outcome)
      return first
    })
  )

/** Fails unless a claim of the command is answered with `outcome`; `undefined`: as a new one. */
const expectClaim = Effect.fnUntraced(function* (what: string, command: CommandClaim, outcome?: CommandOutcome) {
  yield* expectEqual(what, yield* run(claim(command)), Option.fromNullishOr(outcome))
})

/** The laws of the command log. */
export const laws: ReadonlyArray<Law<CommandLog | Transaction>> = [
  make(
    "a new command is claimed, and when it comes again it gets the first outcome, answer or refusal, whatever its JSON",
    Effect.gen(function* () {
      const json: ReadonlyArray<Schema.Json> = [
        null,
        "",
        0,
        [],
        {},
        { z: 1, a: [null, { "": "a\u0000b\uD800🧾" }], ["__proto__"]: 1e308 }
      ]
      for (const outcome of [...json.map(answered), ...json.map(refused)]) {
        const command = yield* fresh
        yield* expectEqual("the claim of a new command", yield* handle(command, outcome), Option.none())
        for (const what of ["the second claim", "the third claim"]) yield* expectClaim(what, command, outcome)
        const other = yield* handle(command, answered("another answer"))
        yield* expectEqual("the claim of a second handling", other, Option.some(outcome))
      }
    })
  ),

  make(
    "a command id that comes again with other content is refused, naming the command it was used for",
    Effect.gen(function* () {
      const command = yield* fresh
      yield* handle(command, answered(1))
      const reused = { ...command, fingerprint: yield* Scenario.hex(64) }
      const error = yield* expectFailure("the claim with other content", claim(reused))
      const { commandId, command: name } = command
      yield* expectEqual("the refusal", error, new CommandIdReused({ commandId, command: name }))
      yield* expectClaim("the claim of the first command", command, answered(1))
    })
  ),

  make(
    "a command id that comes again for another command is refused, naming the command it was used for",
    Effect.gen(function* () {
      const command = yield* fresh
      yield* handle(command, refused("no"))
      const error = yield* expectFailure("the claim", claim({ ...command, command: "laws.DoSomethingElse" }))
      const { commandId, command: name } = command
      yield* expectEqual("the refusal", error, new CommandIdReused({ commandId, command: name }))
      yield* expectClaim("the claim of the first command", command, refused("no"))
    })
  ),

  make(
    "an outcome can be looked up without claiming the id, which stays free when there is none",
    Effect.gen(function* () {
      const log = yield* CommandLog
      const command = yield* fresh
      yield* expectEqual("what is found of a new command", yield* log.find(command), Option.none())
      yield* expectEqual("the claim after that", yield* handle(command, refused("no")), Option.none())
      yield* expectEqual("what is found of it then", yield* log.find(command), Option.some(refused("no")))
      const error = yield* expectFailure(
        "the look-up of other content",
        log.find({ ...command, fingerprint: yield* Scenario.hex(64) })
      )
      const { commandId, command: name } = command
      yield* expectEqual("the refusal", error, new CommandIdReused({ commandId, command: name }))
    })
  ),

  make(
    "a transaction that fails forgets its claim",
    Effect.gen(function* () {
      const command = yield* fresh
      yield* Effect.exit(run(Effect.andThen(handle(command, answered(1)), Effect.fail("no"))))
      yield* expectClaim("the claim after a failure", command)
    })
  ),

  make(
    "a transaction that dies of a defect forgets its claim",
    Effect.gen(function* () {
      const command = yield* fresh
      yield* Effect.exit(run(Effect.andThen(handle(command, answered(1)), Effect.die("a bug"))))
      yield* expectClaim("the claim after a defect", command)
    })
  ),

  make(
    "a transaction that is interrupted forgets its claim",
    Effect.gen(function* () {
      const command = yield* fresh
      const begun = yield* Deferred.make<void>()
      const body = Effect.andThen(
        handle(command, answered(1)),
        Effect.andThen(Deferred.succeed(begun, undefined), Effect.never)
      )
      const fiber = yield* Effect.forkChild(run(body))
      yield* Effect.raceFirst(Deferred.await(begun), Effect.asVoid(Fiber.join(fiber)))
      yield* Fiber.interrupt(fiber)
      yield* expectClaim("the claim after an interruption", command)
    })
  ),

  make(
    "two tenants may use the same command id",
    Effect.gen(function* () {
      const command = yield* fresh
      const other = { ...command, tenant: yield* Scenario.tenant, fingerprint: yield* Scenario.hex(64) }
      yield* handle(command, answered("one"))
      yield* expectEqual("the claim of the other tenant", yield* handle(other, answered("two")), Option.none())
      yield* expectClaim("the claim of the first tenant", command, answered("one"))
      yield* expectClaim("the claim of the other tenant", other, answered("two"))
    })
  ),

  make(
    "of several handlings of one command at once exactly one counts, and the others get its outcome",
    Effect.gen(function* () {
      for (let round = 0; round < 20; round++) {
        const command = yield* fresh
        const claims = yield* Effect.forEach(
          Array.from({ length: 6 }, (_, handler) => answered(handler)),
          (outcome) => Effect.map(handle(command, outcome), (first) => ({ outcome, first })),
          { concurrency: "unbounded" }
        )
        const [handled, ...more] = claims.filter(({ first }) => Option.isNone(first))
        if (handled === undefined) return yield* expect(false, "one of the handlings must count, but none did")
        yield* expect(more.length === 0, `exactly one of the handlings must count, but ${more.length + 1} did`)
        yield* expectClaim("the outcome that is remembered", command, handled.outcome)
        for (const { first } of claims) {
          if (Option.isSome(first)) yield* expectEqual("the outcome of a repetition", first.value, handled.outcome)
        }
      }
    })
  ),

  make(
    "a purge forgets the commands claimed before a time, and only them",
    Effect.gen(function* () {
      const log = yield* CommandLog
      const [early, late] = [yield* fresh, yield* fresh]
      yield* at("1950-01-01T00:00:00Z", handle(early, answered("early")))
      yield* at("1950-01-03T00:00:00Z", handle(late, answered("late")))
      yield* expectEqual("forgotten before the first", yield* log.purge(DateTime.makeUnsafe("1949-12-31T00:00:00Z")), 0)
      yield* expectClaim("a command claimed after the time", early, answered("early"))
      yield* expectEqual("forgotten between the two", yield* log.purge(DateTime.makeUnsafe("1950-01-02T00:00:00Z")), 1)
      yield* expectClaim("a command claimed before the time", early)
      yield* expectClaim("a command claimed after the time", late, answered("late"))
      const all = yield* log.purge(DateTime.makeUnsafe("9999-01-01T00:00:00Z"))
      yield* expect(all >= 2, `at least two commands must be forgotten at last, but ${all} were`)
      yield* expectClaim("a command when all are forgotten", late)
    })
  )
]

/** Runs an effect at a time: on a clock that stands still there. */
const at = <A, E, R>(time: string, effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const clock = yield* TestClock.make()
    yield* clock.setTime(DateTime.makeUnsafe(time).epochMilliseconds)
    return yield* Effect.provideService(effect, Clock.Clock, clock)
  }).pipe(Effect.scoped)
