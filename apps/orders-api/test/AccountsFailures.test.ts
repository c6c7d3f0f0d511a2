import { assert, describe, layer } from "@effect/vitest"
import { Effect } from "effect"
import { deposit, eur, open } from "./AccountSamples.ts"
import * as BrokenPorts from "./BrokenPorts.ts"
import { bodies, draft, uuid } from "./Samples.ts"
import { type Answer, request, TestService } from "./TestService.ts"

const live = { excludeTestServices: true }

const isProblem = (answer: Answer, status: number, name: string) => {
  assert.strictEqual(answer.status, status)
  assert.strictEqual(answer.headers["content-type"], "application/problem+json")
  assert.deepInclude(answer.body.value, { status, type: `urn:eventfold:problem:${name}` })
}

describe("when the store cannot be reached", () => {
  layer(
    TestService.layer({ ports: BrokenPorts.unreachable }),
    live
  )((it) => {
    it.effect("accounts are answered 503 with a time to try again", () =>
      Effect.gen(function* () {
        const path = `/accounts/${uuid()}`
        const { answer } = yield* open()
        const answers = [answer, yield* deposit(path, eur(1)), yield* request("GET", path)]
        for (const each of [...answers, yield* request("GET", `${path}/history`)]) {
          isProblem(each, 503, "unavailable")
          assert.strictEqual(each.headers["retry-after"], "5")
          assert.notInclude(each.text, "secret")
        }
      })
    )
  })
})

describe("when an order or an account has moved to the archive", () => {
  layer(
    TestService.layer({ ports: BrokenPorts.archived }),
    live
  )((it) => {
    it.effect("a command on it is answered 409", () =>
      Effect.gen(function* () {
        isProblem((yield* open()).answer, 409, "archived")
        isProblem((yield* draft()).answer, 409, "archived")
      })
    )

    it.effect("a refusal says why it is refused all the same", () =>
      Effect.gen(function* () {
        isProblem(yield* deposit(`/accounts/${uuid()}`, eur(1)), 404, "account-not-open")
        isProblem(yield* request("POST", `/orders/${uuid()}/place`, { body: bodies.place }), 404, "order-not-found")
      })
    )
  })
})
