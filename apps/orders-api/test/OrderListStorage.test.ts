/** Every layer that keeps the list of orders keeps the laws of what is stuck, and for every law there is one that breaks it. */
import { assert, describe, it, layer } from "@effect/vitest"
import { Transaction } from "@eventfold/event-store"
import { Context, Effect, Exit, Layer } from "effect"
import { OrderListStorage, type StuckOrder } from "../src/queries/OrderListStorage.ts"
import * as Service from "../src/Service.ts"
import * as EmbeddedPorts from "./EmbeddedPorts.ts"
import { laws } from "./OrderListStorageLaws.ts"
import * as ServerPorts from "./ServerPorts.ts"

const suite = <E>(name: string, ports: Layer.Layer<Service.Ports, E>) =>
  layer(ports, { excludeTestServices: true, timeout: 60_000 })(`what is stuck, kept ${name}`, (it) => {
    for (const { check, name } of laws) it.effect(name, () => check)
  })

suite("in memory", Layer.fresh(Service.portsMemory))
suite("in an embedded database", EmbeddedPorts.layer)
suite("on a PostgreSQL server", ServerPorts.layer)

type Storage = OrderListStorage["Service"]

/** The list in memory with what `wrong` puts in the place of some of its parts. */
const broken = (wrong: (storage: Storage) => Partial<Storage>) =>
  Layer.effectContext(
    Effect.gen(function* () {
      const [storage, transaction] = [yield* OrderListStorage, yield* Transaction]
      const changed = { ...storage, ...wrong(storage) }
      return Context.make(OrderListStorage, changed).pipe(Context.add(Transaction, transaction))
    })
  ).pipe(Layer.provide(Layer.fresh(Service.portsMemory)))

const everything = { after: 0, limit: 10_000 }

const faults: ReadonlyArray<readonly [fault: string, wrong: (storage: Storage) => Partial<Storage>]> = [
  [
    "finds by id alone",
    (storage) => ({
      stuckOf: (keys) =>
        Effect.map(storage.stuckPage(everything), (all) =>
          all.filter(({ orderId }) => keys.some((key) => key.orderId === orderId))
        )
    })
  ],
  [
    "keeps what was noted first",
    (storage) => ({
      noteStuck: (orders) =>
        Effect.flatMap(storage.stuckOf(orders), (known) =>
          storage.noteStuck(orders.filter(({ orderId }) => !known.some((one) => one.orderId === orderId)))
        )
    })
  ],
  [
    "releases all orders of the tenant",
    (storage) => ({
      release: ({ tenant }) =>
        Effect.flatMap(storage.stuckPage({ ...everything, tenant }), (all) =>
          Effect.forEach(all, (order) => storage.release(order), { discard: true })
        )
    })
  ],
  [
    "counts the position itself in",
    (storage) => ({ stuckPage: (page) => storage.stuckPage({ ...page, after: Math.max(0, page.after - 1) }) })
  ],
  [
    "lists the first tenant's only",
    (storage) => ({
      stuckPage: ({ tenant, ...page }) =>
        Effect.map(storage.stuckPage(tenant === undefined ? page : { ...page, tenant }), (all) =>
          tenant === undefined ? all.filter((order) => order.tenant === all[0]?.tenant) : all
        )
    })
  ],
  [
    "notes outside of the transaction",
    (storage) => {
      const kept: Array<StuckOrder> = []
      return {
        noteStuck: (orders) => Effect.tap(storage.noteStuck(orders), () => Effect.sync(() => kept.push(...orders))),
        stuckOf: (keys) =>
          Effect.map(storage.stuckOf(keys), (found) => [
            ...found,
            ...kept.filter(
              (order) =>
                keys.some((key) => key.tenant === order.tenant && key.orderId === order.orderId) &&
                !found.some(({ orderId }) => orderId === order.orderId)
            )
          ])
      }
    }
  ],
  ["holds nothing", () => ({ hold: Effect.void })]
]

describe("a layer that breaks a law", () => {
  for (const [index, [fault, wrong]] of faults.entries()) {
    it.live(`is caught by that law and no other: it ${fault}`, () =>
      Effect.gen(function* () {
        const caught = yield* Effect.filter(laws, ({ check }) => Effect.map(Effect.exit(check), Exit.isFailure))
        assert.deepStrictEqual(caught, laws.slice(index, index + 1))
      }).pipe(Effect.provide(broken(wrong)))
    )
  }

  it("there is one for every law", () => assert.strictEqual(faults.length, laws.length))
})
