/**
 * Which failures of a command are ones of the outside: what the bus says of a foreign system, and nothing else. And which say that
 * whoever handles it is away: what stands between it and its context, where that may be over some time.
 */
import { assert, describe, it } from "@effect/vitest"
import {
  CommandBus,
  ContextNotRegistered,
  ContextUnavailable,
  type DispatchError,
  EventStoreFailure,
  MalformedMessage,
  OutsideFailure,
  UnknownMessage
} from "@eventfold/event-store"
import { Effect, Layer } from "effect"
import { CommandSender } from "../src/index.ts"

const failing = (error: DispatchError) =>
  Effect.flatMap(CommandSender, (sender) =>
    Effect.flip(sender.send("bank.Pay", { id: "c1", tenant: "acme", payload: {} }))
  ).pipe(
    Effect.provide(
      Layer.provide(
        CommandSender.layer,
        Layer.succeed(CommandBus, { dispatch: () => Effect.die("not used"), dispatchJson: () => Effect.fail(error) })
      )
    )
  )

const name = "bank.Pay"
const unavailable = { context: "bank", detail: "it is slow" } as const
const cases: ReadonlyArray<readonly [DispatchError, boolean, away?: { readonly retryAfter?: number }]> = [
  [new OutsideFailure({ system: "bank", retryable: true, detail: "it is away" }), true],
  [new OutsideFailure({ system: "bank", retryable: false, detail: "it does not know us" }), true],
  [new EventStoreFailure({ operation: "append", retryable: true, cause: "no connection" }), false],
  [new MalformedMessage({ name, problems: [{ field: "amount", rule: "must be positive" }] }), false],
  [new UnknownMessage({ name, known: [] }), false],
  [new ContextNotRegistered({ namespace: "shop", context: "bank", known: [] }), false, {}],
  [new ContextUnavailable({ ...unavailable, problem: "registry", retryable: true }), false, {}],
  [new ContextUnavailable({ ...unavailable, problem: "unreachable", retryable: true }), false, {}],
  [new ContextUnavailable({ ...unavailable, problem: "timeout", retryable: true }), false, {}],
  [
    new ContextUnavailable({ ...unavailable, problem: "left-alone", retryable: true, retryAfter: 45_000 }),
    false,
    { retryAfter: 45_000 }
  ],
  [new ContextUnavailable({ ...unavailable, problem: "credential", retryable: false }), false],
  [new ContextUnavailable({ ...unavailable, problem: "unexpected", retryable: false }), false]
]

describe("a command that fails", () => {
  for (const [error, ofOutside, away] of cases) {
    const title = `${ofOutside ? "a failure" : "none"} of the outside, and its context is ${away ? "away" : "there"}`
    const problem = "problem" in error ? ` (${error.problem})` : ""
    it.effect(`with "${error.message}"${problem} is ${title}`, () =>
      Effect.map(failing(error), (failed) => {
        assert.deepInclude(failed, { command: name, ofOutside })
        assert.deepStrictEqual(failed.away, away)
      })
    )
  }
})
