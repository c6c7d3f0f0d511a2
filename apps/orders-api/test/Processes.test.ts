/** Which sagas and process managers there are, and what each can go through, as Mermaid itself reads it. */
import { assert, describe, it, layer } from "@effect/vitest"
import { Limits } from "@eventfold/domain-fulfilment"
import { Effect, Fiber } from "effect"
import { modules } from "../src/contexts/Hosting.ts"
import { managers as running } from "../src/fulfilment/RunningProcesses.ts"
import * as Mermaid from "./Mermaid.ts"
import { each, read } from "./Reading.ts"
import { request, TestService } from "./TestService.ts"

const sagas = ["order-fulfilment", "order-cancellation", "transfer", "registration", "email-change"]

describe("the finding of a diagram", () => {
  it.effect("gives everybody else a turn after each situation, and is done once", () =>
    Effect.gen(function* () {
      const payment = running(modules, "choreographed", Limits.usual).find(({ name }) => name === "payment")
      if (payment === undefined) return assert.fail("there is no payment process")
      const asked = yield* Effect.forkChild(Effect.all([payment.diagram, payment.diagram], { concurrency: 2 }))
      let turns = 0
      for (; asked.pollUnsafe() === undefined; turns += 1) yield* Effect.yieldNow
      const [one, other] = yield* Fiber.join(asked)
      assert.strictEqual(one, other)
      assert.isAbove(turns, 100)
    })
  )
})

for (const { fulfilment, managers } of [
  { fulfilment: "off", managers: ["reservation-expiry"] },
  { fulfilment: "orchestrated", managers: ["shipping", "reservation-expiry"] },
  { fulfilment: "choreographed", managers: ["shipping", "payment", "reservation-expiry"] }
] as const) {
  describe(`the processes of a service, ${fulfilment}`, () => {
    layer(TestService.layer({ settings: { fulfilment } }), { excludeTestServices: true })((it) => {
      it.effect("are told with what they are for, their steps, and where their diagrams are", () =>
        Effect.gen(function* () {
          const list = yield* read("/processes")
          assert.deepStrictEqual(each(list, "processes", "name"), [...sagas, ...managers])
          for (const process of list.all("processes")) {
            const name = process.text("name")
            assert.strictEqual(process.at("kind"), sagas.includes(name) ? "saga" : "process-manager")
            assert.deepInclude(process.value, {
              version: name === "shipping" ? 4 : name === "payment" ? 3 : 1,
              diagram: `/processes/${name}/diagram`
            })
            assert.match(process.text("summary"), /^[A-Z].{20,}\.$/u)
            const data = yield* read(`${process.text("diagram")}?format=data`)
            assert.deepStrictEqual([data.at("name"), data.at("kind")], [name, process.at("kind")])
            const steps = each(process, "steps", "name")
            assert.isAbove(steps.length, 1)
            assert.deepStrictEqual(each(data, process.at("kind") === "saga" ? "steps" : "phases", "name"), steps)
          }
        })
      )

      it.effect("are drawn: Mermaid reads every state and every transition that is in the data", () =>
        Effect.gen(function* () {
          // All are asked for before one is read: that takes so long that the service ends a connection nobody uses.
          const answers = yield* Effect.forEach([...sagas, ...managers], (name) =>
            Effect.all([request("GET", `/processes/${name}/diagram`), read(`/processes/${name}/diagram?format=data`)])
          )
          for (const [answer, data] of answers) {
            assert.strictEqual(answer.status, 200, answer.text)
            assert.match(answer.headers["content-type"] ?? "", /^text\/plain/u)
            const drawn = yield* Mermaid.parse(answer.text)
            assert.strictEqual(drawn.type, "stateDiagram")
            const labelled = drawn.states.flatMap(({ descriptions }) => descriptions)
            const titles = drawn.transitions.map(({ title }) => title)
            if (data.at("kind") === "saga") {
              for (const step of data.all("steps")) {
                const [command = "", own] = [step.text("command").split(".")[1], step.text("name")]
                assert.include(labelled, `${own} (${command})`)
                assert.strictEqual(
                  labelled.some((label) => label.startsWith(`undo ${own} (`)),
                  step.at("undoes")
                )
              }
            } else {
              assert.deepStrictEqual(labelled.toSorted(), each(data, "phases", "name").map(String).toSorted())
              const ends = each(data, "phases", "ended").filter((ended) => ended === true).length
              assert.strictEqual(titles.length, data.all("transitions").length + ends + 1)
              for (const { on } of data.all("transitions").map((one) => ({ on: one.text("on") }))) {
                assert.isTrue(
                  titles.some((title) => title === on || title.startsWith(`${on} / `)),
                  on
                )
              }
            }
          }
        })
      )
    })
  })
}

describe("a diagram", () => {
  layer(TestService.layer(), { excludeTestServices: true })((it) => {
    it.effect.each([
      ["", "*/*", "text/plain"],
      ["", "text/html,application/xhtml+xml,*/*;q=0.8", "text/plain"],
      ["", "application/json", "application/json"],
      ["", "application/json, text/plain, */*", "application/json"],
      ["?format=data", "text/plain", "application/json"],
      ["?format=mermaid", "application/json", "text/plain"]
    ] as const)("is text or data, as asked for: %s %s", ([query, accept, type]) =>
      Effect.gen(function* () {
        const { headers, status } = yield* request("GET", `/processes/transfer/diagram${query}`, {
          headers: { accept }
        })
        assert.deepStrictEqual([status, headers["content-type"]?.split(";")[0]], [200, type])
      })
    )

    it.effect("is found by its name, and an unknown one is told the names there are", () =>
      Effect.gen(function* () {
        const { body, status } = yield* request("GET", "/processes/nobody/diagram")
        assert.deepStrictEqual([status, body.at("type")], [404, "urn:eventfold:problem:process-not-found"])
        assert.deepStrictEqual(body.at("known"), [...sagas, "reservation-expiry"])
        const wrong = yield* request("GET", "/processes/transfer/diagram?format=svg")
        assert.deepStrictEqual([wrong.status, wrong.body.at("errors", 0, "field")], [400, "format"])
      })
    )
  })
})
