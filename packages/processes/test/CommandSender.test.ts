/** Which failures of a command are ones of the outside: what the bus says of a foreign system, and nothing else. */
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
const cases: ReadonlyArray<readonly [DispatchError, boolean]> = [
  [new OutsideFailure({ system: "bank", retryable: true, detail: "it is away" }), true],
  [new OutsideFailure({ system: "bank", retryable: false, detail: "it does not know us" }), true],
  [new EventStoreFailure({ operation: "append", retryable: true, cause: "no connection" }), false],
  [new MalformedMessage({ name, problems: [{ field: "amount", rule: "must be positive" }] }), false],
  [new UnknownMessage({ name, known: [] }), false],
  [new ContextNotRegistered({ namespace: "shop", context: "bank", known: [] }), false],
  [new ContextUnavailable({ context: "bank", problem: "timeout", retryable: true, detail: "it is slow" }), false]
]

describe("a command that fails", () => {
  for (const [error, ofOutside] of cases) {
    it.effect(`with "${error.message}" is ${ofOutside ? "a failure" : "none"} of the outside`, () =>
      Effect.map(failing(error), (failed) => assert.deepInclude(failed, { command: name, ofOutside }))
    )
  }
})
