/** A trip as a saga: a flight and a hotel that are booked or not, a payment, and after it a ticket that must come. */
import { Message, Saga } from "@eventfold/decider"
import { Option, Schema } from "effect"

const common = { tripId: Schema.String, occurredAt: Schema.DateTimeUtc }
const travel = <const Tag extends string>(tag: Tag) =>
  Message.command({
    context: "travel",
    payload: Schema.TaggedStruct(tag, common),
    answer: Schema.Struct({ number: Schema.Int }),
    refusal: Schema.Literals(["full", "booked already"])
  })

export const bookFlight = travel("BookFlight")
export const cancelFlight = travel("CancelFlight")
export const bookHotel = travel("BookHotel")
export const cancelHotel = travel("CancelHotel")
export const forgetTrip = travel("ForgetTrip")
export const sendTicket = Message.command({
  context: "travel",
  payload: Schema.TaggedStruct("SendTicket", { ...common, flight: Schema.Int, hotel: Schema.Int }),
  answer: Schema.Null,
  refusal: Schema.Literal("no paper")
})

export const Input = Schema.Struct({ tripId: Schema.String })

/** The trip. Its flight is booked as well when it was booked already. */
export const Trip = Saga.make({ name: "trip", input: Input })
  .undo(Saga.by(forgetTrip, ({ at, input }) => ({ _tag: "ForgetTrip", ...input, occurredAt: at })))
  .step("flight", bookFlight, {
    send: ({ at, input }) => ({ _tag: "BookFlight", ...input, occurredAt: at }),
    compensate: Saga.by(cancelFlight, ({ at, input }) => ({ _tag: "CancelFlight", ...input, occurredAt: at })),
    refusals: (refusal) => (refusal === "booked already" ? Option.some({ number: 7 }) : Option.none())
  })
  .step("hotel", bookHotel, {
    send: ({ at, input }) => ({ _tag: "BookHotel", ...input, occurredAt: at }),
    compensate: Saga.by(cancelHotel, ({ at, input, own }) => ({
      _tag: "CancelHotel",
      tripId: `${input.tripId}/${Option.getOrElse(
        Option.map(own, ({ number }) => number),
        () => "unknown"
      )}`,
      occurredAt: at
    })),
    retry: { attempts: 2 },
    breaker: "hotels"
  })
  .pivot()
  .step("ticket", sendTicket, {
    send: ({ answers, at, input }) => ({
      _tag: "SendTicket",
      ...input,
      flight: answers.flight.number,
      hotel: answers.hotel.number,
      occurredAt: at
    }),
    retry: { longest: "10 seconds" }
  })
  .end()
