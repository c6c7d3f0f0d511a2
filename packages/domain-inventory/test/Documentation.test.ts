import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import {
  ReservationCommands,
  ReservationErrors,
  ReservationEvents,
  StockCommands,
  StockErrors,
  StockEvents
} from "@eventfold/domain-inventory"
import { DeciderScenario, DocumentedTables } from "@eventfold/testing"
import * as Scenario from "./Scenario.ts"

const page = readFileSync(new URL("../../../docs/inventory.md", import.meta.url), "utf8")
const rows = (heading: string) => DocumentedTables.rows(page, heading)
const { fieldsIn, fieldsOf, versionsOf } = DocumentedTables

const { reservationCommands, reservationsBy, stockCommands, stocks } = Scenario
const reservations = Object.values(reservationsBy)

describe("docs/inventory.md", () => {
  it("draws the transitions of a reservation, all of them", () => {
    assert.deepStrictEqual(
      DocumentedTables.transitions(page),
      DeciderScenario.transitions(reservations, Object.values(reservationCommands))
    )
  })

  it("tells what each command leads to in each state", () => {
    assert.deepStrictEqual(
      rows("Stock").filter((cells) => cells.length === 5),
      [["", ...Object.keys(stocks)], ...DeciderScenario.table(Object.values(stocks), Object.values(stockCommands))]
    )
    assert.deepStrictEqual(
      rows("Reservations").filter((cells) => cells.length === 8),
      [["", ...Object.keys(reservationsBy)], ...DeciderScenario.table(reservations, Object.values(reservationCommands))]
    )
  })

  it("names the fields of all commands", () => {
    const described = (heading: string) =>
      fieldsIn(
        rows(heading)
          .filter((cells) => cells.length === 3)
          .slice(1),
        2
      )
    assert.deepStrictEqual(described("Stock"), fieldsOf(StockCommands.StockCommand.members, "productId"))
    assert.deepStrictEqual(
      described("Reservations"),
      fieldsOf(ReservationCommands.ReservationCommand.members, "reservationId")
    )
  })

  it("names the fields and the versions of all events, and what follows from those of a reservation", () => {
    assert.deepStrictEqual(
      fieldsIn(
        rows("Events").filter(([name]) => name !== "event"),
        2,
        2
      ),
      [
        ...versionsOf(StockEvents.StockEvent.members, "productId"),
        ...versionsOf(ReservationEvents.ReservationEvent.members, "reservationId")
      ]
    )
  })

  it("names every refusal with its fields", () => {
    assert.deepStrictEqual(
      fieldsIn(
        rows("Refusals").filter(([name]) => name !== "refusal"),
        1
      ),
      [
        ...fieldsOf(
          [...StockErrors.StockRefusal.members, StockErrors.NotEnoughAvailable, StockErrors.NotEnoughReserved],
          "productId"
        ),
        ...fieldsOf(ReservationErrors.ReservationRefusal.members, "reservationId")
      ]
    )
  })
})
