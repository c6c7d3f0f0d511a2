/**
 * Many reservations of the same products at the same moment, on every database: each is held with all its lines or not at
 * all, no piece is promised twice, and none gets lost.
 */
import { assert, describe, layer } from "@effect/vitest"
import { Effect } from "effect"
import * as EmbeddedPorts from "./EmbeddedPorts.ts"
import { counts, end, type Line, pathOf, receive, reserve, stocked } from "./InventorySamples.ts"
import { uuid } from "./Samples.ts"
import * as ServerPorts from "./ServerPorts.ts"
import { type Answer, request, TestService } from "./TestService.ts"

const live = { excludeTestServices: true, timeout: 300_000 } as const
const atOnce = { concurrency: "unbounded" } as const

const places = [
  ["in memory", TestService.layer(), 24],
  ["on an embedded database", TestService.layer({ ports: EmbeddedPorts.layer }), 24],
  ["on a PostgreSQL server", TestService.layer({ ports: ServerPorts.layer }), 48]
] as const

const held = (answers: ReadonlyArray<Answer>) => answers.filter(({ status }) => status === 201)

for (const [where, service, many] of places) {
  describe(`many reservations of the same products at the same moment, ${where}`, () => {
    layer(
      service,
      live
    )((it) => {
      it.effect("are held as long as there is enough, whatever the order of their lines", () =>
        Effect.gen(function* () {
          const products = [yield* stocked(40), yield* stocked(20), yield* stocked(60)]
          const lines = products.map((productId, index): Line => ({ productId, quantity: [2, 2, 3][index] ?? 1 }))
          // Every order of lines there is, so that some would wait for each other in a circle.
          const orders = [
            [0, 1, 2],
            [2, 1, 0],
            [1, 0, 2],
            [2, 0, 1]
          ].map((order) => order.flatMap((index) => lines[index] ?? []))
          const answers = yield* Effect.all(
            Array.from({ length: many }, (_, index) => reserve(orders[index % orders.length] ?? [])),
            atOnce
          )
          for (const { status, text } of answers) assert.include([201, 409], status, text)
          assert.lengthOf(held(answers), 10)
          for (const { body, status } of answers) {
            if (status === 409) assert.strictEqual(body.text("refusal", "_tag"), "InsufficientStock")
          }
          const [first, second, third] = products
          assert.deepInclude(yield* counts(first ?? ""), { available: 20, reserved: 20 })
          assert.deepInclude(yield* counts(second ?? ""), { available: 0, reserved: 20 })
          assert.deepInclude(yield* counts(third ?? ""), { available: 30, reserved: 30 })
        })
      )

      it.effect("and releases, commitments and receipts among them, lose no piece", () =>
        Effect.gen(function* () {
          const products = [yield* stocked(30), yield* stocked(30)]
          const lines = products.map((productId) => ({ productId, quantity: 1 }))
          const answers = yield* Effect.all(
            Array.from({ length: many }, (_, index) =>
              Effect.gen(function* () {
                const reserved = yield* reserve(index % 2 === 0 ? lines : lines.toReversed())
                if (reserved.status !== 201) return reserved
                const path = pathOf(reserved)
                yield* receive(products[index % 2] ?? "", 1)
                if (index % 3 === 0) yield* Effect.all([end(path, "release"), end(path, "release")], atOnce)
                if (index % 3 === 1) yield* Effect.all([end(path, "commit"), end(path, "commit")], atOnce)
                return yield* request("GET", path)
              })
            ),
            atOnce
          )
          const inStatus = (wanted: string) =>
            answers.filter(({ body, status }) => status === 200 && body.at("status") === wanted).length
          const received = answers.filter(({ status }) => status === 200).length
          for (const [index, productId] of products.entries()) {
            const found = yield* counts(productId)
            assert.deepInclude(found, { reserved: inStatus("held"), shipped: inStatus("committed"), adjusted: 0 })
            const own = answers.filter(({ status }, at) => status === 200 && at % 2 === index).length
            assert.strictEqual(found.received, 30 + own)
          }
          assert.isAbove(received, 0)
        })
      )

      it.effect("are one reservation when they are the same, and none when it was released meanwhile", () =>
        Effect.gen(function* () {
          const productId = yield* stocked(10)
          const body = { reservationId: `reservation_${uuid()}`, orderId: `order_${uuid()}` }
          const path = `/reservations/${body.reservationId}`
          const same = Array.from({ length: 6 }, () => reserve([{ productId, quantity: 4 }], body))
          const answers = yield* Effect.all(same, atOnce)
          for (const { body, status } of answers) assert.deepStrictEqual([status, body.at("version")], [201, 1])
          assert.deepInclude(yield* counts(productId), { available: 6, reserved: 4 })

          const other = { ...body, reservationId: `reservation_${uuid()}` }
          yield* Effect.all(
            [
              reserve([{ productId, quantity: 4 }], other),
              end(path.replace(body.reservationId, other.reservationId), "release")
            ],
            atOnce
          )
          const { body: found } = yield* request("GET", `/reservations/${other.reservationId}`)
          assert.include(["released", "barred"], found.at("status"))
          assert.deepInclude(yield* counts(productId), { available: 6, reserved: 4 })
        })
      )
    })
  })
}
