/** The read models of inventory: the levels of stock, and the reservations. */
import { assert, describe, it } from "@effect/vitest"
import { Decider, Projection, Specification } from "@eventfold/decider"
import {
  Reservation,
  type ReservationCommands,
  Reservations,
  StockCounts,
  StockItem,
  StockLevels
} from "@eventfold/domain-inventory"
import { effort, ProjectionSpec } from "@eventfold/testing"
import * as Scenario from "./Scenario.ts"
import { Walk, type Warehouse, walk } from "./Warehouse.ts"

const { allocate, commit, expire, lines, minutesLater, occurredAt, order, orderId, product, productId } = Scenario
const { receive, release, reservation, reservationId, reservations, reserve, reserveForAWhile, ship, stock } = Scenario

const options = { arbitrary: { runs: 40 * effort, size: 40 } }
const { inStream } = ProjectionSpec
const last = (commands: Parameters<typeof walk>[0]): Warehouse | undefined => walk(commands).at(-1)?.after

describe("the levels of stock", () => {
  const given = ProjectionSpec.given(StockLevels.StockLevels)

  it("tell how much there is of a product, and when something last moved", () => {
    const { events } = stock.after(receive(10), allocate(6), ship(2))
    const moved = events.map((event, index) => ({ ...event, occurredAt: minutesLater(index) }))
    const counts = { available: 4, reserved: 4, received: 10, adjusted: 0, shipped: 2 }
    given
      .when(inStream("stock", productId, moved))
      .thenRows([{ productId, onHand: 8, ...counts, lastMovedAt: minutesLater(2) }])
    assert.isUndefined(Projection.inlineProblem(StockLevels.StockLevels))
  })

  it("stay as they are on an event that cannot follow", () => {
    assert.lengthOf(stock.after(receive(10), allocate(6)).events, 2)
    given.when(inStream("stock", productId, stock.after(receive(10), allocate(6)).events.slice(1))).thenNothing()
  })

  it("are asked for by how much is available", () => {
    const row = { productId, onHand: 0, ...StockCounts.zero, lastMovedAt: occurredAt }
    const rows = [0, 5, 6].map((available, index) => ({ ...row, productId: product(index), available }))
    const found = (where: Specification.Specification<StockLevels.StockLevel>) =>
      rows.filter(Specification.matches(where)).map(({ available }) => available)
    assert.deepStrictEqual(found(StockLevels.availableAtMost(5)), [0, 5])
    assert.deepStrictEqual(found(StockLevels.availableAtMost(0)), [0])
  })

  it.prop(
    "are the counts of every product, for any commands to any of them",
    { commands: Walk },
    ({ commands }) => {
      const products = [...(last(commands)?.products ?? [])].filter(([, events]) => events.length > 0)
      given.when(products.flatMap(([id, events]) => inStream("stock", id, events))).thenRows(
        products.flatMap(([, events]) => {
          const state = Decider.fold(StockItem.StockItem, events)
          const lastMovedAt = events.at(-1)?.occurredAt
          if (state.status === "none" || lastMovedAt === undefined) return []
          const { counts, productId } = state
          return [{ productId, onHand: StockCounts.onHand(counts), ...counts, lastMovedAt }]
        })
      )
    },
    options
  )
})

describe("the reservations", () => {
  const given = ProjectionSpec.given(Reservations.Reservations)
  const held = { reservationId, status: "held", orderId, lines, madeAt: occurredAt } as const

  it("tell for which order they are, what they hold, and how they end", () => {
    const rowAfter = (...commands: ReadonlyArray<ReservationCommands.ReservationCommand>) =>
      given.when(inStream("reservation", reservationId, reservations.after(...commands).events))
    rowAfter(reserve).thenRows([held])
    rowAfter(reserveForAWhile).thenRows([{ ...held, expiresAt: minutesLater(10) }])
    rowAfter(reserve, commit).thenRows([{ ...held, status: "committed", endedAt: occurredAt }])
    rowAfter(reserve, release).thenRows([{ ...held, status: "released", endedAt: occurredAt }])
    const expired = { status: "expired", expiresAt: minutesLater(10), endedAt: minutesLater(10) } as const
    rowAfter(reserveForAWhile, expire).thenRows([{ ...held, ...expired }])
    rowAfter(release).thenRows([{ reservationId, status: "barred", lines: [], madeAt: occurredAt }])
    assert.isUndefined(Projection.inlineProblem(Reservations.Reservations))
  })

  it("are asked for by order, and by being overdue", () => {
    const rows = [
      held,
      { ...held, reservationId: reservation(2), expiresAt: minutesLater(10) },
      { ...held, reservationId: reservation(3), status: "expired", expiresAt: minutesLater(9) },
      { ...held, reservationId: reservation(4), orderId: order(2) },
      { reservationId: reservation(5), status: "barred", lines: [], madeAt: occurredAt }
    ] as const
    const found = (where: Specification.Specification<Reservations.ReservationRow>) =>
      rows.filter(Specification.matches(where)).map((row) => rows.indexOf(row))
    assert.deepStrictEqual(found(Reservations.ofOrder(order(2))), [3])
    assert.deepStrictEqual(found(Reservations.ofOrder(orderId)), [0, 1, 2])
    assert.deepStrictEqual(found(Reservations.overdueAt(minutesLater(10))), [1])
    assert.deepStrictEqual(found(Reservations.overdueAt(minutesLater(9))), [])
  })

  it.prop(
    "are the state of every reservation, for any commands to any of them",
    { commands: Walk },
    ({ commands }) => {
      const made = [...(last(commands)?.reservations ?? [])]
      given.when(made.flatMap(([id, events]) => inStream("reservation", id, events))).thenRows(
        made.flatMap(([, events]) => {
          const state = Decider.fold(Reservation.Reservation, events)
          const [first, end] = events
          if (state.status === "none" || first === undefined) return []
          const times = { madeAt: first.occurredAt, ...(end === undefined ? {} : { endedAt: end.occurredAt }) }
          return [state.status === "barred" ? { ...state, lines: [], ...times } : { ...state, ...times }]
        })
      )
    },
    options
  )
})
