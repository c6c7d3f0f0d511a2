/** Many customers who want one e-mail address at the same moment, on every database: it is one customer's, whoever is first. */
import { assert, describe, layer } from "@effect/vitest"
import { Effect } from "effect"
import { changeEmail, newEmail, register, registered } from "./CustomerSamples.ts"
import * as EmbeddedPorts from "./EmbeddedPorts.ts"
import { read, readyService } from "./Reading.ts"
import * as ServerPorts from "./ServerPorts.ts"
import type { Answer } from "./TestService.ts"

const live = { excludeTestServices: true, timeout: 300_000 } as const
const atOnce = { concurrency: "unbounded" } as const

const places = [
  ["in memory", readyService(), 40],
  ["on an embedded database", readyService({ ports: EmbeddedPorts.layer }), 10],
  ["on a PostgreSQL server", readyService({ ports: ServerPorts.layer }), 40]
] as const

const winners = (answers: ReadonlyArray<Answer>, status: number) => {
  for (const answer of answers) assert.include([status, 409], answer.status, answer.text)
  return answers.filter((answer) => answer.status === status)
}

for (const [where, service, many] of places) {
  describe(`many who want one e-mail address at the same moment, ${where}`, () => {
    layer(
      service,
      live
    )((it) => {
      it.effect("register: one of them is registered", () =>
        Effect.gen(function* () {
          const email = newEmail()
          const spelt = Array.from({ length: many }, (_, index) => (index % 2 === 0 ? email : email.toUpperCase()))
          const answers = yield* Effect.forEach(spelt, (email) => register(email), atOnce)
          assert.lengthOf(winners(answers, 201), 1)
          assert.strictEqual((yield* register(email)).status, 409)
        })
      )

      it.effect("change theirs: one of them has it, the others keep theirs", () =>
        Effect.gen(function* () {
          const [email, own] = [newEmail(), Array.from({ length: 8 }, newEmail)]
          const paths = yield* Effect.forEach(own, registered, atOnce)
          const answers = yield* Effect.forEach(paths, (path) => changeEmail(path, email), atOnce)
          assert.lengthOf(winners(answers, 200), 1)
          const shown = yield* Effect.forEach(paths, (path) =>
            Effect.map(read(path), (customer) => customer.at("email"))
          )
          assert.sameMembers(
            shown,
            answers.map(({ status }, index) => (status === 200 ? email : own[index]))
          )
        })
      )
    })
  })
}
