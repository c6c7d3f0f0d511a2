/** A reservation that is held until a time ends by itself, once, whatever else becomes of it and however often that fails. */
import { assert, describe, it } from "@effect/vitest"
import { Diagram, DomainEvent, type ProcessManager } from "@eventfold/decider"
import { ReservationErrors, ReservationExpiry, ReservationExpirySamples } from "@eventfold/domain-inventory"
import { StockReserved } from "@eventfold/domain-inventory/published"
import { ProcessManagerSpec } from "@eventfold/testing"
import { DateTime } from "effect"

const { ends, finding, held, outcomes } = ReservationExpirySamples
const process = ReservationExpiry.ReservationExpiry
const { expiresAt: _, ...forGood } = held
const { reservationId } = held
const later = (minutes: number) => DateTime.add(held.occurredAt, { minutes })
const at = <A extends object>(minutes: number, input: A) => ({ ...input, occurredAt: later(minutes) })
const send = (key: string, minutes: number) => ({
  key,
  command: "inventory.ExpireReservation",
  payload: { _tag: "ExpireReservation", reservationId, occurredAt: later(minutes) }
})
const [sent, sentAgain] = [outcomes(ReservationExpiry.first), outcomes(ReservationExpiry.again)]

const begun = ProcessManagerSpec.given(process).when(held)
const due = begun.after("15 minutes")

describe("a reservation that is held until a time", () => {
  it("expires when the time is over, and not before", () => {
    assert.doesNotThrow(() => {
      begun.thenSends([]).thenTimers({ expiry: "15 minutes" }).thenPhase("held")
      begun.after("899 seconds").thenFired([]).thenSends([])
      due
        .thenFired(["expiry"])
        .thenSends([send("expire", 15)])
        .thenTimers({})
        .thenPhase("expiring")
      due.when(at(15, sent.answered)).thenSends([]).thenEnded()
    })
  })

  it("that was over before anybody looked, expires at once", () => {
    const late = ProcessManagerSpec.given(process).when({ ...held, expiresAt: later(-60) })
    assert.doesNotThrow(() =>
      late
        .after("1 millis")
        .thenFired(["expiry"])
        .thenSends([send("expire", 0)])
    )
  })

  it.each(Object.entries(ends))("is left alone when it is %s: the timer is gone", (_, end) => {
    assert.doesNotThrow(() => {
      begun.when(at(5, end)).thenSends([]).thenTimers({}).thenEnded().after("1 day").thenNothing()
      due.when(at(16, end)).thenSends([]).thenEnded()
    })
  })

  it("is known once", () => {
    assert.doesNotThrow(() =>
      begun.when(at(1, held)).thenIgnored("that is known already").thenTimers({ expiry: "14 minutes" })
    )
  })
})

describe("a reservation that does not expire", () => {
  it("has no process, and its end leaves no trace", () => {
    const event = StockReserved.make(forGood)
    assert.isUndefined(process.correlate(event))
    assert.strictEqual(process.correlate(held), reservationId)
    for (const end of Object.values(ends)) {
      assert.strictEqual(process.correlate(end), reservationId)
      assert.doesNotThrow(() => ProcessManagerSpec.given(process).when(end).thenNothing())
    }
  })
})

describe("the expiry of a reservation", () => {
  it("that fails is sent again, a minute later and then every hour", () => {
    const waiting = due.when(at(15, sent.failed)).thenSends([]).thenTimers({ "expire-again": "1 minute" })
    const tried = waiting
      .after("1 minute")
      .thenFired(["expire-again"])
      .thenSends([send("expire-again", 16)])
      .thenTimers({})
    const triedAgain = tried
      .when(at(16, sentAgain.failed))
      .thenTimers({ "expire-again": "1 hour" })
      .after("1 hour")
      .thenSends([send("expire-again", 76)])
    assert.doesNotThrow(() => {
      triedAgain.when(at(76, sentAgain.failed)).thenTimers({ "expire-again": "1 hour" })
      triedAgain.when(at(76, sentAgain.answered)).thenEnded()
      // It took effect all the same.
      waiting.when(at(15, ends.expired)).thenTimers({}).thenEnded()
    })
  })

  it("ends when it is refused, unless it came too early: then it waits once more", () => {
    const tomorrow = later(24 * 60)
    const refused = (expiresAt: { readonly expiresAt?: DateTime.Utc }) =>
      due.when(
        at(15, { ...sent.early, refusal: new ReservationErrors.ReservationNotDue({ reservationId, ...expiresAt }) })
      )
    assert.doesNotThrow(() => {
      due.when(at(15, sent.unknown)).thenSends([]).thenEnded()
      refused({}).thenEnded()
      refused({ expiresAt: tomorrow })
        .thenTimers({ expiry: "1425 minutes" })
        .thenPhase("held")
        .after("1 day")
        .thenSends([send("expire", 24 * 60)])
    })
  })

  it("that stands still is taken up again", () => {
    const stalled: ProcessManager.ProcessStalled = {
      _tag: "ProcessStalled",
      since: held.occurredAt,
      occurredAt: held.occurredAt
    }
    assert.doesNotThrow(() => {
      begun.when(at(5, stalled)).thenSends([]).thenTimers({ expiry: "10 minutes" })
      due.when(at(75, stalled)).thenSends([send("expire-again", 75)])
    })
  })

  it("has all it declares in its diagram", () => {
    const { phases, transitions } = Diagram.found(finding())
    const commands = process.commands.map(({ name }) => name.slice(name.indexOf(".") + 1))
    assert.sameMembers(
      phases.map(({ name }) => name),
      ReservationExpiry.ReservationExpiryState.members.map(({ fields }) => fields.phase.schema.literal)
    )
    assert.sameMembers(Array.from(new Set(transitions.map(({ on }) => on))), [
      ...process.events.members.map(DomainEvent.nameOf),
      ...commands.flatMap((name) => ["answered", "refused", "failed"].map((outcome) => `${name} ${outcome}`)),
      `timer ${ReservationExpiry.expiry}`,
      `timer ${ReservationExpiry.again}`
    ])
  })
})
