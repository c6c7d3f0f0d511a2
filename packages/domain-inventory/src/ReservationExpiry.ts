/**
 * Ends reservations whose time is over: a process manager with a durable timer for each reservation that expires.
 *
 * It begins when stock is held until a time, and is over when the reservation is committed, released or expired, whoever did
 * it. When the time is over it has the reservation expire. A refusal ends it, too, but for one: a reservation that is not due
 * yet is waited for again. What fails is sent again, a minute later and then every hour, until it is answered or refused: the
 * stock stays owed to the shelf, so there is no end to that.
 *
 * What was due while nothing ran is done at once, and so is what was reserved before there was this process: it follows the
 * log from its beginning.
 *
 * Gotcha: the time counts from the `occurredAt` of the reservation, which whoever reserves may have said. One that was
 * reserved for a minute last year is held for a moment.
 */
import { ProcessManager } from "@eventfold/decider"
import { Schema } from "effect"
import { expireReservation } from "./ReservationCommands.ts"
import { ReservationCommitted, ReservationExpired, ReservationReleased, StockReserved } from "./ReservationEvents.ts"
import { ReservationId } from "./ReservationId.ts"

const known = { reservationId: ReservationId, expiresAt: Schema.DateTimeUtc }

/** The schema of what the process knows: nothing, what is held until when, what is to expire, or that it is over. */
export const ReservationExpiryState = Schema.Union([
  Schema.Struct({ phase: Schema.tag("new") }),
  Schema.Struct({ phase: Schema.tag("held"), ...known }),
  Schema.Struct({ phase: Schema.tag("expiring"), ...known }),
  Schema.Struct({ phase: Schema.tag("over") })
])
/** What the process knows. */
export type ReservationExpiryState = typeof ReservationExpiryState.Type

/** The events it follows. */
export const events = Schema.Union([StockReserved, ReservationCommitted, ReservationReleased, ReservationExpired])
/** The commands it sends. */
export const commands = [expireReservation] as const

type Command = (typeof commands)[number]
type Reaction = ProcessManager.Reaction<Command>
/** All that can come to it. */
export type Input = ProcessManager.Input<typeof events.Type, Command>

/** The timer that runs while stock is held. */
export const expiry = "expiry"
/** The key under which the command is sent at first. */
export const first = "expire"
/** The key under which it is sent again, and the name of the timer that does it. */
export const again = "expire-again"

const over: ReservationExpiryState = { phase: "over" }

const evolve = (state: ReservationExpiryState, input: Input): ReservationExpiryState => {
  switch (input._tag) {
    case "StockReserved": {
      const { expiresAt, reservationId } = input
      return expiresAt === undefined ? state : { phase: "held", reservationId, expiresAt }
    }
    case "ReservationCommitted":
    case "ReservationReleased":
    case "ReservationExpired":
    case "CommandAnswered":
      return over
    case "CommandRefused": {
      const { refusal } = input
      if (state.phase !== "expiring" || refusal._tag !== "ReservationNotDue") return over
      const { expiresAt } = refusal
      return expiresAt === undefined ? over : { ...state, phase: "held", expiresAt }
    }
    case "TimerFired":
      return state.phase === "held" ? { ...state, phase: "expiring" } : state
    case "CommandFailed":
    case "ProcessStalled":
      return state
  }
}

const { ignore, nothing, send } = ProcessManager

const react = (
  state: ReservationExpiryState,
  input: Input,
  { after, at }: ProcessManager.Circumstances<ReservationExpiryState>
): Reaction => {
  const expire = (key: string): Reaction =>
    after.phase === "expiring"
      ? {
          commands: [
            send(key, expireReservation, {
              _tag: "ExpireReservation",
              reservationId: after.reservationId,
              occurredAt: at
            })
          ]
        }
      : nothing
  const wait: Reaction = after.phase === "held" ? { start: [{ timer: expiry, at: after.expiresAt }] } : nothing
  switch (input._tag) {
    case "StockReserved":
      return state.phase === "new" ? wait : ignore("that is known already")
    case "ReservationCommitted":
    case "ReservationReleased":
    case "ReservationExpired":
    case "CommandAnswered":
      return nothing
    case "CommandRefused":
      return wait
    case "CommandFailed":
      return state.phase === "expiring"
        ? { start: [{ timer: again, after: input.key === first ? "1 minute" : "1 hour" }] }
        : nothing
    case "TimerFired":
      return expire(input.timer === expiry ? first : again)
    // Whoever has lost a timer starts it again; one that is due fires at once.
    case "ProcessStalled":
      return after.phase === "held" ? wait : expire(again)
  }
}

/** What it does, in a sentence for people. */
export const summary = "Ends a reservation that is held until a time, when that time is over."

/** The process manager that ends reservations whose time is over. Its processes are called as their reservations. */
export const ReservationExpiry = ProcessManager.make({
  name: "reservation-expiry",
  events,
  commands,
  correlate: (event) =>
    event._tag === "StockReserved" && event.expiresAt === undefined ? undefined : event.reservationId,
  // Most reservations do not expire: their ends are none of its business.
  begins: (event) => event._tag === "StockReserved",
  State: ReservationExpiryState,
  initial: { phase: "new" },
  evolve,
  react,
  ended: ({ phase }) => phase === "over",
  phase: ({ phase }) => phase
})
